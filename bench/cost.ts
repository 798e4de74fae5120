import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { startRuntime } from '@orchestrator/dev/runtime/start-runtime'
import { perWebhook, readSpent, resetSpent, SPENT_TITLES } from './lib/spent.ts'
import { createStateDir } from './lib/state-dir.ts'
import { formatTable } from './lib/table.ts'
import { signedWebhook } from './lib/webhooks.ts'
import type { Spent } from './workers/counting.ts'

/**
 * What a delivered webhook costs at the bindings of the real Workers, one route, success: once sent one by one (batches of 1),
 * once in a burst (the queue fills its batches). Beside it the budget of the design.
 */
const HELP = `pnpm bench:cost [--webhooks N]

Counts D1 rows written, queue operations, Durable Object requests and R2 writes for N delivered webhooks (100).`

const BUDGETS: Partial<Record<keyof typeof SPENT_TITLES, string>> = {
  rowsWritten: 'budget 8',
  queueOperations: 'budget 3',
  durableObjectRequests: 'budget 2 at batch 1, 1 at batch 4 and more',
}
/** Dollars per million (Workers Paid, read in 2026). */
const PRICE = { row: 1, queueOperation: 0.4, durableObjectRequest: 0.15, r2Write: 4.5, r2Read: 0.36, request: 0.3 }

const { values } = parseArgs({ options: { webhooks: { type: 'string', default: '100' }, help: { type: 'boolean', short: 'h' } } })
const count = Number(values.webhooks)
if (values.help || !Number.isInteger(count) || count < 1) {
  console.log(HELP)
  process.exit(values.help ? 0 : 1)
}

const runtime = await startRuntime({
  port: 0,
  stateDir: createStateDir(),
  logLevel: 'silent',
  entrypoints: {
    'orchestrator-ingress': join(import.meta.dirname, 'workers/ingress.ts'),
    'orchestrator-execution': join(import.meta.dirname, 'workers/execution.ts'),
  },
})
const ingressUrl = `http://ingress.localhost:${runtime.port}`
const counters = [ingressUrl, `http://execution.localhost:${runtime.port}`]
try {
  await send('warm-up', 0)
  await delivered(1)
  await resetSpent(counters)
  for (let n = 0; n < count; n++) {
    await send('single', n)
    await delivered(n + 2)
  }
  report('one by one', await readSpent(counters))
  await resetSpent(counters)
  await Promise.all(Array.from({ length: count }, (_, n) => send('burst', n)))
  await delivered(2 * count + 1)
  report('in a burst', await readSpent(counters))
} finally {
  await runtime.stop()
}

async function send(run: string, n: number): Promise<void> {
  const { path, headers, body } = signedWebhook(`${run}_${n}`)
  const response = await localFetch(`${ingressUrl}${path}`, { method: 'POST', headers, body, timeoutMs: 30_000 })
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

function report(title: string, spent: Spent): void {
  const each = perWebhook(spent, count)
  const dollars =
    each.rowsWritten * PRICE.row +
    each.queueOperations * PRICE.queueOperation +
    each.durableObjectRequests * PRICE.durableObjectRequest +
    each.r2Writes * PRICE.r2Write +
    each.r2Reads * PRICE.r2Read +
    2 * PRICE.request
  const line = (key: keyof typeof SPENT_TITLES): string[] => [SPENT_TITLES[key], each[key].toFixed(2), BUDGETS[key] ?? '']
  const keys = Object.keys(SPENT_TITLES) as (keyof typeof SPENT_TITLES)[]
  console.log(`\n${count} webhooks ${title}, for each:`)
  console.log(formatTable(keys.map(line)))
  console.log(`  about $${dollars.toFixed(2)} per million, CPU and Durable Object time left out`)
}
