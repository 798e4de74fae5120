import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seedConfig } from '@orchestrator/dev/runtime/seed-config'
import { type Alone, startAlone } from '@orchestrator/dev/runtime/start-alone'
import { publishConfig } from '@orchestrator/shared/config/publish'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { connector, operation } from '@orchestrator/shared/contracts/connector'
import { policyInput } from '@orchestrator/shared/contracts/policy-input'
import { sha256Hex } from '@orchestrator/shared/core/bytes'
import type { Seen, UpstreamMode } from './upstream-server.ts'

const EXECUTION = 'orchestrator-execution'
const CLIENTS = 4

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  /** From sending to the whole answer, ms. */
  ms: number
}

export interface Harness {
  /** Calls the connector as one of several clients, told by `n`. */
  execute(n: number, headers?: Record<string, string>): Promise<Answer>
  /** Any request of execution, with the key of the first client unless the headers say otherwise. */
  ask(request: Outgoing): Promise<Answer>
  setMode(mode: UpstreamMode): Promise<void>
  seen(): Promise<Seen>
  forget(): Promise<void>
  stop(): Promise<void>
}

/** Execution alone in its own runtime, an upstream in a process of its own, and a connector under this policy. */
export async function startHarness(policy: Record<string, unknown>): Promise<Harness> {
  const stateDir = mkdtempSync(join(tmpdir(), 'orchestrator-load-'))
  const upstream = fork(join(import.meta.dirname, 'upstream-server.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const upstreamPort = ((await once(upstream, 'message')) as [number])[0]
  let worker: Alone | undefined
  const agent = new Agent({ keepAlive: true })
  const stop = async (): Promise<void> => {
    agent.destroy()
    await worker?.stop()
    upstream.disconnect()
    rmSync(stateDir, { recursive: true, force: true })
  }
  try {
    worker = await startAlone(EXECUTION, { stateDir })
    await publish(await worker.mf.getBindings<ConfigBindings>(EXECUTION), upstreamPort, policy)
  } catch (error) {
    await stop()
    throw error
  }
  const { port } = worker
  const ask = (method: string, path: string, body = ''): Promise<Answer> =>
    send(agent, upstreamPort, { method, path, headers: {}, body })
  return {
    execute: (n, headers = {}) =>
      send(agent, port, {
        method: 'POST',
        path: '/execute',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${keyOf(n % CLIENTS)}`, ...headers },
        body: JSON.stringify({ connector: 'upstream', operation: 'call', input: { n: headers['idempotency-key'] ? 0 : n } }),
      }),
    ask: (request) => send(agent, port, { ...request, headers: { authorization: `Bearer ${keyOf(0)}`, ...request.headers } }),
    setMode: async (mode) => void (await ask('PUT', '/__mode', JSON.stringify(mode))),
    seen: async () => JSON.parse((await ask('GET', '/__seen')).body) as Seen,
    forget: async () => void (await ask('DELETE', '/__seen')),
    stop,
  }
}

/** Sends at a fixed rate, whether or not earlier answers have come; `n` counts from 0. */
export async function drive(
  perSecond: number,
  seconds: number,
  call: (n: number) => Promise<Answer>,
): Promise<(Answer & { n: number })[]> {
  const begun = performance.now()
  const calls: Promise<Answer & { n: number }>[] = []
  for (let n = 0; n < perSecond * seconds; n++) {
    const early = begun + (n * 1_000) / perSecond - performance.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    const answered = call(n).then((answer) => ({ ...answer, n }))
    answered.catch(() => undefined)
    calls.push(answered)
  }
  return Promise.all(calls)
}

function keyOf(client: number): string {
  return `ork_dev_load_${client}`
}

async function publish(bindings: ConfigBindings, upstreamPort: number, policy: Record<string, unknown>): Promise<void> {
  const base = seedConfig(0, { version: 1, iv: '', ciphertext: '', validUntil: null })
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, n) => ({
      id: `load-${n}`,
      name: `Load ${n}`,
      enabled: true,
      keys: [{ id: 'one', hash: await sha256Hex(keyOf(n)), createdAt: 0, expiresAt: null }],
      scopes: ['execute' as const, 'jobs:write' as const, 'jobs:read' as const],
      connectors: null,
      queues: null,
      rateLimit: null,
      serviceTokens: [],
    })),
  )
  const content = {
    ...base,
    routes: [],
    clients,
    connectors: [
      connector.parse({
        id: 'upstream',
        baseUrl: `http://127.0.0.1:${upstreamPort}`,
        auth: { kind: 'none' },
        headers: {},
        policy: 'load',
        responseLimitBytes: 1_048_576,
      }),
    ],
    operations: [operation.parse({ connector: 'upstream', name: 'call', method: 'POST', path: '/call', body: '$' })],
    policies: [policyInput.parse({ ...policy, id: 'load' })],
  }
  await publishConfig(bindings, content, { author: 'load', reason: 'a load test', now: Date.now() })
}

export interface Outgoing {
  method: string
  path: string
  headers: Record<string, string>
  body: string | Uint8Array
}

function send(agent: Agent, port: number, { method, path, headers, body }: Outgoing): Promise<Answer> {
  const begun = performance.now()
  const sized = { ...headers, 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, agent, method, path, headers: sized }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (piece: string) => (text += piece))
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text, ms: performance.now() - begun }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
