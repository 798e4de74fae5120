import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findWorkerd, isRunning, killAndWait } from './workerd-process.ts'

const OWNER_GONE_MS = 1_000
/** How long a stack may take from its claim to its workerd, ms. */
const START_MS = 60_000

/** Another running stack uses the same state folder; two would collide in its databases. */
export class StateInUseError extends Error {
  override name = 'StateInUseError'
}

export interface StateClaim {
  release(): Promise<void>
}

interface Owner {
  pid: number
  port: number
}

/**
 * Claims a state folder for this process. A workerd left behind by a stack that was killed is ended first.
 * @throws {StateInUseError} when the stack that uses it is running.
 */
export async function claimState(stateDir: string, port: number): Promise<StateClaim> {
  const file = join(stateDir, 'runtime.json')
  const door = `${file}.claiming`
  const taken = (what: string, cause?: unknown) =>
    new StateInUseError(`${stateDir} is being taken by another stack. If there is none, delete ${what}.`, { cause })
  try {
    // Exclusive: of two that start at the same moment, one claims it.
    await writeFile(door, '', { flag: 'wx' })
  } catch (error) {
    throw taken(door, error)
  }
  try {
    const owner = await readOwner(file)
    if (owner && (await isStarting(owner, file))) throw taken(file)
    if (owner) await endOrphan(owner, stateDir)
    await writeFile(file, JSON.stringify({ pid: process.pid, port } satisfies Owner))
  } finally {
    await rm(door, { force: true })
  }
  return { release: () => rm(file, { force: true }) }
}

/** Whether who claimed it is about to have its workerd. */
async function isStarting(owner: Owner, file: string): Promise<boolean> {
  if (!isRunning(owner.pid) || findWorkerd(owner.port)) return false
  const claimedAt = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  return Date.now() - claimedAt < START_MS
}

/** Ends the workerd that a killed owner left. One that was killed this moment may still look alive: it gets a second to go. */
async function endOrphan(owner: Owner, stateDir: string): Promise<void> {
  const deadline = Date.now() + OWNER_GONE_MS
  for (;;) {
    const workerd = findWorkerd(owner.port)
    if (!workerd) return
    if (workerd.parent !== owner.pid) return killAndWait(workerd.pid)
    if (owner.pid === process.pid || Date.now() > deadline) {
      throw new StateInUseError(
        `${stateDir} is in use by the stack on port ${owner.port} (process ${owner.pid}). Stop it, or choose another STATE_DIR.`,
      )
    }
    await sleep(20)
  }
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const owner = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner>
    return typeof owner.pid === 'number' && typeof owner.port === 'number' ? { pid: owner.pid, port: owner.port } : undefined
  } catch {
    return undefined
  }
}
