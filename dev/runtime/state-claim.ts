import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findWorkerd, killAndWait } from './workerd-process.ts'

const OWNER_GONE_MS = 1_000

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
  const owner = await readOwner(file)
  if (owner) {
    await endOrphan(owner, stateDir)
    await rm(file, { force: true })
  }
  try {
    // Exclusive: of two that start at the same moment, one claims it.
    await writeFile(file, JSON.stringify({ pid: process.pid, port } satisfies Owner), { flag: 'wx' })
  } catch (error) {
    throw new StateInUseError(`${stateDir} is being taken by another stack. If there is none, delete ${file}.`, { cause: error })
  }
  return { release: () => rm(file, { force: true }) }
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
