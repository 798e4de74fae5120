import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings'
import { ApiClient } from './api/client.ts'
import { chooseCredentials } from './api/credentials.ts'
import { isLocal } from './api/local-names.ts'
import { usageError } from './cli-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { Io } from './io.ts'
import { type Colours, coloursOf } from './output/colours.ts'

const DEFAULT_URL = 'http://control.localhost:8787'
const DEFAULT_TIMEOUT_SECONDS = 30

/** What every command understands. */
export interface GlobalOptions {
  url?: string
  token?: string
  as?: string
  timeout?: string
  json?: boolean
}

/** What a command works with. */
export interface Context {
  io: Io
  client: ApiClient
  /** Of stdout. */
  colours: Colours
  json: boolean
  /** Prints the result: as one line of JSON, or as text for people. */
  print: (result: unknown, text: string | (() => string)) => void
  /** Says something beside the result, on stderr; nothing with `--json`. */
  say: (text: string) => void
}

/** Collects how the command ends. */
export interface CommandEnv {
  io: Io
  exitCode: ExitCode
}

export type Parent = CommandUnknownOpts

/** Runs a command's work. What it answers is how `orc` ends; nothing is 0. */
export async function run(
  env: CommandEnv,
  command: Pick<Command, 'optsWithGlobals'>,
  work: (context: Context) => Promise<ExitCode | void>,
): Promise<void> {
  env.exitCode = (await work(contextOf(env.io, command.optsWithGlobals()))) ?? EXIT.ok
}

function contextOf(io: Io, options: GlobalOptions): Context {
  const json = options.json ?? false
  const client = new ApiClient(
    {
      url: readUrl(options.url ?? (io.env.ORC_URL || DEFAULT_URL)),
      credentials: chooseCredentials(options, io.env),
      timeoutMs: readTimeout(options.timeout) * 1_000,
    },
    io,
  )
  return {
    io,
    client,
    json,
    colours: coloursOf(io, io.out),
    print: (result, text) => io.out.write(json ? `${JSON.stringify(result)}\n` : typeof text === 'string' ? text : text()),
    say: (text) => (json ? undefined : io.err.write(`${text}\n`)),
  }
}

function readUrl(text: string): URL {
  if (!URL.canParse(text)) throw usageError(`“${text}” is no address`, `Such as ${DEFAULT_URL}`)
  const url = new URL(text)
  if (url.protocol === 'http:' && !isLocal(url.hostname)) {
    throw usageError(`${text}: a token is only sent over https, but to this machine`, `Use https://${url.host}`)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw usageError(`${text} is not an https address`)
  if (url.username || url.password) throw usageError('The address has a password in it', 'Use ORC_TOKEN')
  return url
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TIMEOUT_SECONDS
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= 3_600)) throw usageError('--timeout is a number of seconds, at most 3600')
  return seconds
}
