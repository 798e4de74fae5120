/** An expected outcome as a value: either `{ ok: true, value }` or `{ ok: false, error }`. Thrown means a bug or broken infrastructure. */
export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E }

/** Wraps a success. */
export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}

/** Wraps an expected failure. */
export function err<E>(error: E): { ok: false; error: E } {
  return { ok: false, error }
}

/** Ends an exhaustive switch: a missed arm is a compile error, and a bug if it is ever reached. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
