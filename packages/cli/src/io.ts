import type { Random } from '@orchestrator/shared/core/ids'

export interface Output {
  write(data: string | Uint8Array): void
  /** When what was written has been taken: for what is long. */
  drained(): Promise<void>
  isTTY: boolean
  /** Width of the terminal; undefined where there is none. */
  columns: number | undefined
}

/** The world around a command, so that tests can be that world. */
export interface Io {
  env: Readonly<Record<string, string | undefined>>
  out: Output
  err: Output
  /** Whether somebody is there to answer. */
  canAsk: boolean
  ask(question: string): Promise<string>
  /** All of stdin, for a file called `-`. */
  readStdin(): Promise<string>
  /** ms since the epoch */
  now(): number
  random: Random
  /** Resolves early when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Takes over Ctrl-C until the answered function is called. */
  onInterrupt(handler: () => void): () => void
}
