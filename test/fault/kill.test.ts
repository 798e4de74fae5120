import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { billingBehaves, effects } from '../support/billing.ts'
import { ask } from '../support/control.ts'
import { eventually } from '../support/eventually.ts'
import { postSpread, type Sent } from '../support/webhooks.ts'

const root = new URL('../..', import.meta.url).pathname
const COUNT = 300

/** The stack as a user starts it, in a process group of its own. */
class Stack {
  readonly #stateDir: string
  readonly port: number
  #process: ChildProcess | undefined

  constructor(stateDir: string, port: number) {
    this.#stateDir = stateDir
    this.port = port
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['dev/bin/dev.ts'], {
      cwd: root,
      env: { ...process.env, PORT: String(this.port), STATE_DIR: this.#stateDir },
      stdio: 'ignore',
      detached: true,
    })
    this.#process = child
    await eventually('the stack starting', 60_000, async () => {
      if (child.exitCode !== null) return `it ended with ${child.exitCode}`
      const response = await localFetch(`http://localhost:${this.port}/readyz`, { timeoutMs: 2_000 })
      return response.status === 200 || `readyz answers ${response.status}`
    })
  }

  /** `kill -9` of the whole process group. */
  async kill(): Promise<void> {
    const child = this.#process
    if (!child?.pid || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    process.kill(-child.pid, 'SIGKILL')
    await ended
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

describe('kill -9 of the whole local runtime', () => {
  let stateDir = ''
  let stack: Stack

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'orchestrator-kill-'))
    stack = new Stack(stateDir, await freePort())
    await stack.start()
  })

  afterAll(async () => {
    await stack?.kill()
    rmSync(stateDir, { recursive: true, force: true })
  })

  it('loses no accepted webhook and doubles no effect, killed while posts arrive and again while they are worked', async ({
    expect,
  }) => {
    // Slow enough that jobs are running at both kills.
    await billingBehaves(stack.port, { mode: 'slow', delayMs: 300 })
    const posting = postSpread(stack.port, COUNT, 6_000, 'kill')
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    await stack.kill()
    const first = await posting
    await stack.start()

    const rest = first.filter(({ status }) => status !== 200)
    expect(rest.length, 'the kill came while posts were arriving').toBeGreaterThan(0)
    const second = await postSpread(stack.port, rest.length, 2_000, 'kill_2')
    expect(second.filter(({ status }) => status !== 200).length).toBe(0)
    await stack.kill()
    await stack.start()

    const accepted: Sent[] = [...first.filter(({ status }) => status === 200), ...second]
    expect(accepted).toHaveLength(COUNT)
    await eventually('every accepted webhook taking effect', 150_000, async () => {
      const { missing } = await effects(stack.port, accepted)
      return missing.length === 0 || `${missing.length} missing`
    })
    expect((await effects(stack.port, accepted)).doubled).toEqual([])

    const jobs = async (status: string) =>
      (await ask<{ items: unknown[] }>(stack.port, 'viewer', `/v1/jobs?status=${status}&limit=200`)).body.items.length
    await eventually('every job ending succeeded', 90_000, async () => {
      const open = await Promise.all(['queued', 'running', 'retrying', 'held', 'dead'].map(jobs))
      return open.every((count) => count === 0) || `queued, running, retrying, held, dead: ${open.join(', ')}`
    })
  })
})
