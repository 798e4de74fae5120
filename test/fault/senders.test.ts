import { contentOf } from '@orchestrator/shared/config/revision'
import { join } from 'node:path'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { SECRETS_KEY } from '@orchestrator/dev/values'
import { readConfigInForce } from '@orchestrator/shared/config/change'
import { publishConfig } from '@orchestrator/shared/config/publish'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { sealSecret } from '@orchestrator/shared/secrets/envelope'
import { findPreset } from '@orchestrator/shared/verification/presets/index'
import { sign } from '@orchestrator/shared/verification/sign'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Stack, startStack } from '../support/stack.ts'
import type { FaultState } from './workers/faults.ts'

const here = new URL('.', import.meta.url).pathname
const FAULT_MS = 2_000
const EACH = 10
/** An isolate asks for a newer configuration after this long. */
const CONFIG_AGES_MS = 5_500

/** A sender whose proof is a signed token, as an operator would describe it. */
const tokenSender: Preset = {
  id: 'token-sender',
  title: 'Sender of signed tokens',
  verification: {
    scheme: 'jwt',
    header: 'x-token',
    algorithms: ['HS256'],
    keys: { kind: 'secret' },
    checks: [{ kind: 'hash', claim: 'body', of: 'body', encoding: 'hex' }],
    clockSkewSeconds: 30,
    maxAgeSeconds: 300,
  },
  eventId: null,
  eventType: null,
  dedupe: { by: 'body' },
  bodyAuthenticated: true,
  methods: ['POST'],
  handshakes: [],
  reply: { status: 200, body: { kind: 'result' } },
}

interface Sender {
  id: string
  preset: Preset
  contentType: string
  headers: (n: number) => Record<string, string>
  body: (n: number) => string
}

const json = { contentType: 'application/json', body: (n: number) => JSON.stringify({ n }) }
/** A keyed hash, a shared token, a form, and a signed token. */
const SENDERS: readonly Sender[] = [
  { id: 'github', ...json, preset: ours('github'), headers: (n) => ({ 'x-github-delivery': `d${n}`, 'x-github-event': 'push' }) },
  { id: 'gitlab', ...json, preset: ours('gitlab'), headers: (n) => ({ 'idempotency-key': `k${n}`, 'x-gitlab-event': 'Push' }) },
  {
    id: 'slack',
    preset: ours('slack'),
    contentType: 'application/x-www-form-urlencoded',
    headers: () => ({}),
    body: (n) => `command=%2Fdeploy&trigger_id=t${n}&text=now`,
  },
  { id: 'token-sender', ...json, preset: tokenSender, headers: () => ({}) },
]
const META = ours('meta-whatsapp')

function ours(id: string): Preset {
  const preset = findPreset(id)
  if (!preset) throw new Error(`there is no preset ${id}`)
  return preset
}

const secretOf = (id: string) => `secret of ${id}, for tests`

/** Adds the senders to the configuration of development; everything they send is echoed by billing. */
async function configure(bindings: ConfigBindings): Promise<void> {
  const content = contentOf(await readConfigInForce(bindings.CONTROL_DB))
  const [provider] = content.providers
  const [route] = content.routes
  if (!provider || !route) throw new Error('the stack is not seeded')
  const added = [...SENDERS, { id: 'meta', preset: META }]
  await publishConfig(
    bindings,
    {
      ...content,
      providers: [
        ...content.providers,
        ...added.map(({ id, preset }) => ({
          ...provider,
          id,
          ...(findPreset(preset.id) ? { preset: preset.id } : { preset: 'custom', custom: preset }),
          secret: id,
          settings: { verifyToken: 'right' },
        })),
      ],
      routes: [
        ...content.routes,
        ...SENDERS.map(({ id }) => ({ ...route, id, provider: id, eventTypes: ['*'], operation: 'echo', input: '$' })),
      ],
      secrets: [
        ...content.secrets,
        ...(await Promise.all(
          added.map(async ({ id }) => {
            const sealed = await sealSecret(SECRETS_KEY, id, 1, secretOf(id))
            return { name: id, source: 'stored' as const, versions: [{ version: 1, ...sealed, validUntil: null }] }
          }),
        )),
      ],
    },
    { author: 'test', reason: 'more senders', now: Date.now() },
  )
}

describe('senders of every kind, while places fail', () => {
  let stack: Stack
  let made = 0

  const at = (path: string) => `http://ingress.localhost:${stack.port}${path}`

  const inject = async (faults: Partial<FaultState>) => {
    for (const worker of ['ingress', 'execution']) {
      const set = { method: 'PUT', body: JSON.stringify(faults), timeoutMs: 10_000 }
      const response = await localFetch(`http://${worker}.localhost:${stack.port}/__faults`, set)
      if (!response.ok) throw new Error(`the fault could not be set: ${response.status}`)
    }
  }

  const post = async ({ id, preset, contentType, headers, body }: Sender): Promise<number> => {
    const n = made++
    const signed = await sign({
      preset,
      method: 'POST',
      url: at(`/webhooks/${id}`),
      rawBody: utf8(body(n)),
      contentType,
      headers: headers(n),
      secrets: [secretOf(id)],
      settings: {},
      timestamp: Math.floor(Date.now() / 1_000),
    })
    const response = await localFetch(signed.url, {
      method: 'POST',
      headers: { 'content-type': contentType, ...signed.headers },
      body: signed.rawBody,
      timeoutMs: 20_000,
    })
    await response.arrayBuffer()
    return response.status
  }

  const stored = async () => {
    const db = await stack.runtime.mf.getD1Database('DATA_00', 'orchestrator-execution')
    const { results } = await db
      .prepare(
        `SELECT i.provider AS provider, count(DISTINCT i.id) AS webhooks, count(j.id) AS jobs, sum(j.state = 'succeeded') AS succeeded
         FROM inbox AS i LEFT JOIN jobs AS j ON j.inbox_id = i.id GROUP BY 1`,
      )
      .all<{ provider: string; webhooks: number; jobs: number; succeeded: number }>()
    return new Map(results.map(({ provider, ...counts }) => [provider, counts]))
  }

  beforeAll(async () => {
    stack = await startStack({
      entrypoints: {
        'orchestrator-ingress': join(here, 'workers/ingress.ts'),
        'orchestrator-execution': join(here, 'workers/execution.ts'),
      },
    })
    await configure(await stack.runtime.mf.getBindings<ConfigBindings>('orchestrator-execution'))
    await eventually('ingress knowing the senders', 20_000, async () => {
      const response = await localFetch(at('/webhooks/meta'), { method: 'PUT' })
      return response.status === 405 || `it answers ${response.status}`
    })
  })

  afterAll(() => stack?.stop())

  const OUTAGES: Record<string, [Partial<FaultState>, Partial<FaultState>]> = {
    D1: [{ data: 'throw' }, { data: 'ok' }],
    'D1 and R2': [
      { data: 'throw', r2: 'throw' },
      { data: 'ok', r2: 'ok' },
    ],
    'the queues': [{ queueSend: 'throw' }, { queueSend: 'ok' }],
  }

  it('have every webhook acknowledged, stored once and worked once', async ({ expect }) => {
    let sent = 0
    for (const [name, [fail, mend]] of Object.entries(OUTAGES)) {
      await inject(fail)
      for (let n = 0; n < EACH; n++) {
        expect(await Promise.all(SENDERS.map(post)), name).toEqual(SENDERS.map(() => 200))
        await new Promise((resolve) => setTimeout(resolve, FAULT_MS / EACH))
      }
      sent += EACH
      await inject(mend)
    }
    await eventually('every webhook being stored and worked', 120_000, async () => {
      const counts = await stored()
      const done = SENDERS.every(({ id }) => counts.get(id)?.succeeded === sent)
      return done || JSON.stringify([...counts])
    })
    const counts = await stored()
    for (const { id } of SENDERS) expect(counts.get(id), id).toEqual({ webhooks: sent, jobs: sent, succeeded: sent })
  })

  it('have their handshakes answered with nothing up at all, also once the configuration at hand is old', async ({ expect }) => {
    const question = '/webhooks/meta?hub.mode=subscribe&hub.challenge=1158&hub.verify_token='
    const ask = async (token: string) => {
      const response = await localFetch(at(`${question}${token}`), { timeoutMs: 10_000 })
      return [response.status, await response.text()] as const
    }
    expect(await ask('right')).toEqual([200, '1158'])
    await inject({ data: 'throw', r2: 'throw', queueSend: 'throw', control: 'throw' })
    for (let times = 0; times < 2; times++) {
      expect(await ask('right')).toEqual([200, '1158'])
      expect((await ask('wrong'))[0]).toBe(401)
      await new Promise((resolve) => setTimeout(resolve, CONFIG_AGES_MS))
    }
    await inject({ data: 'ok', r2: 'ok', queueSend: 'ok', control: 'ok' })
  })
})
