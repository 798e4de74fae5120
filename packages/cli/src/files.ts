import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { usageError } from './cli-error.ts'
import type { Io } from './io.ts'

/** A file as text; `-` is stdin. */
export function readInput(io: Io, file: string): Promise<string> {
  if (file === '-') return io.readStdin()
  // Of a folder the system does not say which.
  return readFile(file, 'utf8').catch((error: unknown) => about(file, error))
}

/** The system's error, about the file as it was given. */
function about(file: string, error: unknown): Promise<never> {
  return Promise.reject(Object.assign(error as Error, { path: file }))
}

/** How a file is called in messages. */
export function nameOf(file: string): string {
  return file === '-' ? 'stdin' : file
}

/**
 * Writes a file that is there whole or not at all: under another name first, renamed when `write` is done. What was there before
 * stays until then. `mode` as for `chmod`.
 */
export async function writeWhole(file: string, mode: number, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const there = await stat(file).catch(() => undefined)
  if (there && !there.isFile()) throw usageError(`${file} is not a file that could be replaced`)
  const unfinished = `${file}.${process.pid}.part`
  const handle = await open(unfinished, 'wx', mode).catch((error: NodeJS.ErrnoException) =>
    about(error.code === 'EEXIST' ? unfinished : file, error),
  )
  try {
    await write(handle)
    await handle.sync()
    await handle.close()
    await rename(unfinished, file)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(unfinished, { force: true })
    throw error
  }
}
