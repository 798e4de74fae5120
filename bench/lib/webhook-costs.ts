import { setTimeout as sleep } from 'node:timers/promises'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import type { Spent } from '../workers/counting.ts'
import type { ReadyRequest } from './load.ts'
import { perWebhook, readSpent, resetSpent, SPENT_TITLES } from './spent.ts'
import { formatTable } from './table.ts'
import { signedWebhook, signedWebhooks, UNROUTED_TYPE } from './webhooks.ts'

/** Work that goes on after the answer has ended when the counters stand still this long, ms. */
const QUIET_MS = 250
const QUIET_DEADLINE_MS = 5_000

interface Kind {
  name: string
  status: number
  webhooks: ReadyRequest[]
}

/** What each outcome costs at the bindings of a counting ingress, as a table. */
export async function webhookCosts(port: number, count: number): Promise<string> {
  const url = `http://ingress.localhost:${port}`
  const accepted = signedWebhooks('accepted', count)
  const kinds: Kind[] = [
    { name: 'accepted', status: 200, webhooks: accepted },
    { name: 'duplicate', status: 200, webhooks: accepted },
    { name: 'ignored', status: 200, webhooks: accepted.map((_, n) => signedWebhook(`ignored_${n}`, UNROUTED_TYPE)) },
    { name: 'rejected', status: 401, webhooks: signedWebhooks('rejected', count).map(spoil) },
  ]
  // A cold isolate reads its configuration first, which belongs to no webhook.
  await post(url, signedWebhook('cost_warm_up'))
  const rows = [['', ...Object.values(SPENT_TITLES)]]
  for (const { name, status, webhooks } of kinds) {
    await resetSpent([url])
    for (const webhook of webhooks) await expectAnswer(url, webhook, status, status === 200 ? name : undefined)
    const each = perWebhook(await settled(url), count)
    rows.push([name, ...Object.values(each).map((value) => value.toFixed(2))])
  }
  return formatTable(rows)
}

async function post(url: string, { path, headers, body }: ReadyRequest): Promise<Response> {
  return localFetch(url + path, { method: 'POST', headers, body })
}

async function expectAnswer(url: string, webhook: ReadyRequest, status: number, outcome: string | undefined): Promise<void> {
  const response = await post(url, webhook)
  const answer = (await response.json()) as { status?: unknown }
  if (response.status !== status || (outcome !== undefined && answer.status !== outcome)) {
    throw new Error(`ingress answered ${response.status} ${JSON.stringify(answer)}, not ${status} ${outcome ?? ''}`)
  }
}

/** The same with a byte of the body changed, each from an address of its own so that none is counted against another. */
function spoil({ path, headers, body }: ReadyRequest, n: number): ReadyRequest {
  const spoiled = Buffer.from(body)
  spoiled[spoiled.length - 1] = 0x20
  return { path, headers: { ...headers, 'cf-connecting-ip': `198.51.100.${n % 256}` }, body: spoiled }
}

async function settled(url: string): Promise<Spent> {
  const deadline = performance.now() + QUIET_DEADLINE_MS
  let known = await readSpent([url])
  for (;;) {
    await sleep(QUIET_MS)
    const now = await readSpent([url])
    if (JSON.stringify(now) === JSON.stringify(known) || performance.now() > deadline) return now
    known = now
  }
}
