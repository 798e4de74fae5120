import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { startRuntime } from '@orchestrator/dev/runtime/start-runtime'
import { STRIPE_SIGNING_SECRET } from '@orchestrator/dev/values'
import { Stripe } from 'stripe'
import type { Spent } from './workers/counting.ts'

/**
 * What a delivered webhook costs at the bindings of the real Workers, one route, success: once sent one by one (batches of 1),
 * once in a burst (the queue fills its batches). Beside it the budget of the design.
 */
const HELP = `pnpm bench:cost [--webhooks N]

Counts D1 rows written, queue operations, Durable Object requests and R2 writes for N delivered webhooks (100).`

const BUDGET = { rows: 8, queueOperations: 3 }
/** Dollars per million (Workers Paid, read in 2026). */
const PRICE = { row: 1, queueOperation: 0.4, durableObjectRequest: 0.15, r2Write: 4.5, request: 0.3 }
/** A delivered message is written, read and deleted. */
const OPERATIONS_PER_MESSAGE = 3

const { values } = parseArgs({ options: { webhooks: { type: 'string', default: '100' }, help: { type: 'boolean', short: 'h' } } })
const count = Number(values.webhooks)
if (values.help || !Number.isInteger(count) || count < 1) {
  console.log(HELP)
  process.exit(values.help ? 0 : 1)
}

const stripe = new Stripe('sk_test_unused')
const here = new URL('.', import.meta.url).pathname
const stateDir = mkdtempSync(join(tmpdir(), 'orchestrator-bench-'))
const runtime = await startRuntime({
  port: 0,
  stateDir,
  logLevel: 'silent',
  entrypoints: {
    'orchestrator-ingress': join(here, 'workers/ingress.ts'),
    'orchestrator-execution': join(here, 'workers/execution.ts'),
  },
})
try {
  await send('warm-up', 0)
  await delivered(1)
  await reset()
  for (let n = 0; n < count; n++) {
    await send('single', n)
    await delivered(n + 2)
  }
  report('one by one', await spent())
  await reset()
  await Promise.all(Array.from({ length: count }, (_, n) => send('burst', n)))
  await delivered(2 * count + 1)
  report('in a burst', await spent())
} finally {
  await runtime.stop()
  rmSync(stateDir, { recursive: true, force: true })
}

async function send(run: string, n: number): Promise<void> {
  const payload = JSON.stringify({
    id: `evt_${run}_${n}`,
    type: 'customer.subscription.updated',
    data: { object: { id: `sub_${run}_${n}`, status: 'active' } },
  })
  const signature = stripe.webhooks.generateTestHeaderString({ payload, secret: STRIPE_SIGNING_SECRET })
  const response = await localFetch(`http://ingress.localhost:${runtime.port}/webhooks/stripe`, {
    method: 'POST',
    body: payload,
    headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
    timeoutMs: 30_000,
  })
  if (response.status !== 200) throw new Error(`ingress answered ${response.status}: ${await response.text()}`)
}

async function delivered(total: number): Promise<void> {
  const db = await runtime.mf.getD1Database('DATA_00', 'orchestrator-execution')
  const deadline = Date.now() + 120_000
  for (;;) {
    const done = await db.prepare("SELECT count(*) AS n FROM jobs WHERE state = 'succeeded'").first<number>('n')
    if (done === total) return
    if (Date.now() > deadline) throw new Error(`${done} of ${total} delivered within two minutes`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function counters(method: 'GET' | 'DELETE'): Promise<Spent[]> {
  return Promise.all(
    ['ingress', 'execution'].map(async (worker) => {
      const response = await localFetch(`http://${worker}.localhost:${runtime.port}/__spent`, { method })
      return (await response.json()) as Spent
    }),
  )
}

async function reset(): Promise<void> {
  await counters('DELETE')
}

async function spent(): Promise<Spent> {
  const [ingress, execution] = await counters('GET')
  const sum = { ...ingress } as Spent
  for (const key of Object.keys(sum) as (keyof Spent)[]) sum[key] += execution?.[key] ?? 0
  return sum
}

function report(title: string, sum: Spent): void {
  const per = (value: number): number => value / count
  const queueOperations = per(sum.messagesSent) * OPERATIONS_PER_MESSAGE
  const dollars =
    per(sum.rowsWritten) * PRICE.row +
    queueOperations * PRICE.queueOperation +
    per(sum.durableObjectRequests) * PRICE.durableObjectRequest +
    per(sum.r2Writes) * PRICE.r2Write +
    2 * PRICE.request
  console.log(`\n${count} webhooks ${title}, for each:`)
  console.log(`  D1 rows written           ${per(sum.rowsWritten).toFixed(2)}  (budget ${BUDGET.rows})`)
  console.log(`  D1 rows read              ${per(sum.rowsRead).toFixed(2)}`)
  console.log(`  D1 round trips            ${per(sum.batches).toFixed(2)}`)
  console.log(`  queue operations          ${queueOperations.toFixed(2)}  (budget ${BUDGET.queueOperations})`)
  console.log(
    `  Durable Object requests   ${per(sum.durableObjectRequests).toFixed(2)}  (budget 2 at batch 1, 1 at batch 4 and more)`,
  )
  console.log(`  R2 writes                 ${per(sum.r2Writes).toFixed(2)}`)
  console.log(`  about $${dollars.toFixed(2)} per million, CPU and Durable Object time left out`)
}
