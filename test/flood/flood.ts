import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { seed } from '@orchestrator/dev/runtime/seed'
import { type Alone, startAlone } from '@orchestrator/dev/runtime/start-alone'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { stripeSignature, subscriptionEvent } from '../support/webhooks.ts'
import { HttpClient, type Outgoing } from './http-client.ts'

const INGRESS = 'orchestrator-ingress'
/** It counts what is spent at its bindings. */
const COUNTING_INGRESS = new URL('../../bench/workers/ingress.ts', import.meta.url).pathname
const VALID_PER_SECOND = 50
const FLOOD_AT_ONCE = 32
const WARM_UP = 200
/** Answered, the row of a refusal may still be on its way, ms. */
const SETTLE_MS = 1_000

export interface FloodOptions {
  /** Requests that cannot be verified. */
  invalid: number
  /** Valid ones on an unloaded ingress, for comparison. */
  baseline: number
}

export interface ValidRun {
  sent: number
  accepted: number
  /** ms, in order of arrival. */
  times: number[]
}

export interface FloodReport {
  baseline: ValidRun
  during: ValidRun
  /** How many of the flood got which status. */
  answers: Record<string, number>
  seconds: number
  /** In `rejected_requests`, and how many requests they stand for. */
  rejectedRows: number
  rejectedCount: number
  /** Rows that D1 wrote, beyond those of the valid webhooks. */
  rowsWritten: number
}

/** Floods an ingress of its own while valid webhooks keep coming from elsewhere. Ends when the flood is sent. */
export async function flood({ invalid, baseline: baselineCount }: FloodOptions): Promise<FloodReport> {
  const stateDir = mkdtempSync(join(tmpdir(), 'orchestrator-flood-'))
  let worker: Alone | undefined
  const clients: HttpClient[] = []
  try {
    worker = await startAlone(INGRESS, { main: COUNTING_INGRESS, stateDir })
    await seed(await worker.mf.getBindings<ConfigBindings>(INGRESS), worker.port, Date.now())
    const [valid, hostile] = [new HttpClient(worker.port), new HttpClient(worker.port)]
    clients.push(valid, hostile)
    await sendValid(valid, 'warm', () => false, WARM_UP, VALID_PER_SECOND * 4)

    await resetSpent(worker.port)
    const baseline = await sendValid(valid, 'baseline', () => false, baselineCount, VALID_PER_SECOND)
    const rowsPerValid = (await rowsWritten(worker.port)) / baselineCount

    await resetSpent(worker.port)
    const begun = performance.now()
    let over = false
    const flooding = sendInvalid(hostile, invalid).finally(() => (over = true))
    const during = await sendValid(valid, 'during', () => over, Number.POSITIVE_INFINITY, VALID_PER_SECOND)
    const answers = await flooding
    const seconds = (performance.now() - begun) / 1_000
    await sleep(SETTLE_MS)

    const db = await worker.mf.getD1Database('DATA_00', INGRESS)
    const rejected = await db
      .prepare('SELECT count(*) AS n, coalesce(sum(count), 0) AS requests FROM rejected_requests')
      .first<{ n: number; requests: number }>()
    return {
      baseline,
      during,
      answers,
      seconds,
      rejectedRows: rejected?.n ?? 0,
      rejectedCount: rejected?.requests ?? 0,
      rowsWritten: (await rowsWritten(worker.port)) - rowsPerValid * during.sent,
    }
  } finally {
    for (const client of clients) client.close()
    await worker?.stop()
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** Valid webhooks at a steady rate, whether or not earlier answers have come, until told or until all are sent. */
async function sendValid(
  client: HttpClient,
  run: string,
  isOver: () => boolean,
  most: number,
  perSecond: number,
): Promise<ValidRun> {
  const begun = performance.now()
  const result: ValidRun = { sent: 0, accepted: 0, times: [] }
  const answers: Promise<void>[] = []
  while (!isOver() && result.sent < most) {
    const early = begun + (result.sent * 1_000) / perSecond - performance.now()
    if (early > 0) await sleep(early)
    const request = validWebhook(`${run}_${result.sent++}`)
    answers.push(timed(client, request, result))
  }
  await Promise.all(answers)
  return result
}

async function timed(client: HttpClient, request: Outgoing, result: ValidRun): Promise<void> {
  const startedAt = performance.now()
  const status = await client.post(request).catch(() => 0)
  result.times.push(performance.now() - startedAt)
  if (status === 200) result.accepted++
}

function validWebhook(name: string): Outgoing {
  const body = subscriptionEvent(`evt_${name}`, `sub_${name}`)
  const signature = { 'stripe-signature': stripeSignature(body) }
  return { path: '/webhooks/stripe', headers: { ...COMMON, 'cf-connecting-ip': '203.0.113.7', ...signature }, body }
}

const COMMON = { 'content-type': 'application/json', 'user-agent': 'Flood/1.0', accept: '*/*' }
const BODY = subscriptionEvent('evt_flood', 'sub_flood')
const LARGE_BODY = subscriptionEvent('evt_flood', 'x'.repeat(20_000))
const OWN_SIGNATURE = () => stripeSignature(BODY, 'whsec_not_ours')

/** What strangers send: a third of it from one address, the rest from everywhere. */
function invalidRequest(n: number): Outgoing {
  const everywhere = `198.18.${(n >> 8) & 255}.${n & 255}`
  const from = (ip: string, signature: string | undefined, body = BODY): Outgoing => ({
    path: '/webhooks/stripe',
    headers: { ...COMMON, 'cf-connecting-ip': ip, ...(signature === undefined ? {} : { 'stripe-signature': signature }) },
    body,
  })
  switch (n % 6) {
    case 0:
      return from('198.51.100.66', undefined)
    case 1:
      return from('198.51.100.66', OWN_SIGNATURE())
    case 2:
      return from(everywhere, OWN_SIGNATURE())
    case 3:
      return from(everywhere, 't=1,v1=garbage')
    case 4:
      return from(everywhere, OWN_SIGNATURE(), LARGE_BODY)
    default:
      return { ...from(everywhere, undefined), path: `/webhooks/nobody-${n}` }
  }
}

async function sendInvalid(client: HttpClient, count: number): Promise<Record<string, number>> {
  const answers: Record<string, number> = {}
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) {
      const status = String(await client.post(invalidRequest(next++)).catch(() => 'broken'))
      answers[status] = (answers[status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: FLOOD_AT_ONCE }, lane))
  return answers
}

async function resetSpent(port: number): Promise<void> {
  await localFetch(`http://localhost:${port}/__spent`, { method: 'DELETE' })
}

async function rowsWritten(port: number): Promise<number> {
  const response = await localFetch(`http://localhost:${port}/__spent`)
  return ((await response.json()) as { rowsWritten: number }).rowsWritten
}
