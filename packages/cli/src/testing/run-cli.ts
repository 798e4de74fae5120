import type { ExitCode } from '../exit-codes.ts'
import type { Io, Output } from '../io.ts'
import { runOrc } from '../run.ts'

export interface World {
  env?: Record<string, string>
  /** A terminal of so many columns; without, none. */
  columns?: number
  /** What a person answers; without, nobody is there. */
  answers?: string[]
  stdin?: string
  /** Presses Ctrl-C at this sleep, counted from 1. */
  interruptAtSleep?: number
  /** Presses Ctrl-C when it fires. */
  interrupt?: AbortSignal
}

export interface Outcome {
  code: ExitCode
  out: string
  err: string
  /** The waits, ms. They are not waited for. */
  slept: number[]
  asked: string[]
}

/** Runs one command line in this process. */
export async function runCli(args: readonly string[], world: World = {}): Promise<Outcome> {
  const [out, err] = [sink(world.columns), sink(world.columns)]
  const [slept, asked]: [number[], string[]] = [[], []]
  const interrupts = new Set<() => void>()
  const pressCtrlC = (): void => interrupts.forEach((interrupt) => interrupt())
  world.interrupt?.addEventListener('abort', pressCtrlC)
  let now = Date.parse('2026-11-30T12:00:00Z')
  const answers = [...(world.answers ?? [])]
  const io: Io = {
    env: world.env ?? {},
    out,
    err,
    canAsk: world.answers !== undefined,
    ask: (question) => {
      asked.push(question)
      return Promise.resolve(answers.shift() ?? '')
    },
    readStdin: () => Promise.resolve(world.stdin ?? ''),
    now: () => now,
    random: () => 0.5,
    sleep: (ms) => {
      slept.push(ms)
      now += ms
      if (slept.length === world.interruptAtSleep) pressCtrlC()
      return Promise.resolve()
    },
    onInterrupt: (handler) => {
      interrupts.add(handler)
      return () => interrupts.delete(handler)
    },
  }
  const code = await runOrc(args, io)
  return { code, out: out.text(), err: err.text(), slept, asked }
}

function sink(columns: number | undefined): Output & { text(): string } {
  let text = ''
  return {
    write: (data) => {
      text += typeof data === 'string' ? data : Buffer.from(data).toString('utf8')
    },
    drained: () => Promise.resolve(),
    isTTY: columns !== undefined,
    columns,
    text: () => text,
  }
}
