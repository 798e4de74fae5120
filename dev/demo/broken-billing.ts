import {
  auditEntry,
  deadLetter,
  jobDetail,
  page,
  replayResponse,
  webhookDetail,
} from '@orchestrator/shared/contracts/control-api'
import type { StackClient } from '../lib/stack-client.ts'
import { stripeEvent } from '../lib/stripe-event.ts'
import { until } from '../lib/until.ts'
import { check, type Storyteller } from './storyteller.ts'

const VIEWER = 'viewer@example.com'
const OPERATOR = 'operator@example.com'
const ADMIN = 'admin@example.com'
const WORK_DEADLINE_MS = 20_000
/** Four attempts, up to 1, 2 and 4 s apart, and time for the machine. */
const DEATH_DEADLINE_MS = 40_000
/** The policy's caps of the delays before the second, third and fourth attempt, ms. Jitter leaves at least half. */
const DELAY_CAPS_MS = [1_000, 2_000, 4_000]
/** Clocks and queues are not exact to the millisecond. */
const TOLERANCE_MS = 50

/** Billing is down: the job retries with growing delays and dies; an operator replays it with a reason, which is audited. */
export async function brokenBilling({ chapter, step }: Storyteller, stack: StackClient, subscriptionId: string): Promise<void> {
  chapter('Billing goes down, and Stripe says that another subscription has changed.')
  const jobId = await step('Billing answers 500, and the event is accepted all the same', async (tell) => {
    await stack.setBilling({ mode: 'status', status: 500 })
    const { payload } = stripeEvent({
      type: 'customer.subscription.updated',
      subscriptionId,
      status: 'past_due',
      now: Date.now(),
    })
    const answer = await stack.postStripe(payload)
    check(answer.status === 'accepted', `ingress answered ${answer.status}`)
    tell(`POST /webhooks/stripe → ${answer.http} {"id":"${answer.id}","status":"accepted"}`)
    const webhook = await until(
      'the webhook is in the inbox',
      () => stack.read(`/v1/inbox/${answer.id}`, VIEWER, webhookDetail),
      {
        timeoutMs: WORK_DEADLINE_MS,
      },
    )
    const [job] = webhook.jobs
    check(job !== undefined, 'the webhook made no job')
    return job.id
  })

  await step('The job tries again with growing delays, and dies after four attempts', async (tell) => {
    const job = await until(
      'the job dies',
      async () => {
        const found = await stack.read(`/v1/jobs/${jobId}`, VIEWER, jobDetail)
        return found.status === 'dead' ? found : undefined
      },
      { timeoutMs: DEATH_DEADLINE_MS },
    )
    check(job.attempts.length === 4, `it made ${job.attempts.length} attempts`)
    const starts = job.attempts.map(({ startedAt }) => Date.parse(startedAt))
    const delays = starts.slice(1).map((start, i) => start - (starts[i] ?? 0))
    for (const [i, attempt] of job.attempts.entries()) {
      const waited =
        i === 0 ? '' : `, ${seconds(delays[i - 1])} after the one before (the policy’s cap: ${seconds(DELAY_CAPS_MS[i - 1])})`
      tell(`attempt ${attempt.attempt}: ${attempt.status}${waited}`)
    }
    for (const [i, cap] of DELAY_CAPS_MS.entries()) {
      check((delays[i] ?? 0) >= cap / 2 - TOLERANCE_MS, `delay ${i + 1} was only ${delays[i]} ms`)
    }
    check((delays.at(-1) ?? 0) > (delays[0] ?? 0), `the delays did not grow: ${delays.join(', ')} ms`)
  })

  const letterId = await step('It is in the dead-letter queue, with its class and error', async (tell) => {
    const letter = await until(
      'the dead letter is listed',
      async () => {
        const list = await stack.read('/v1/dead-letters?status=open', VIEWER, page(deadLetter))
        return list.items.find((item) => item.jobId === jobId)
      },
      { timeoutMs: WORK_DEADLINE_MS },
    )
    check(letter.class === 'upstream_failed', `its class is ${letter.class}`)
    check((await stack.subscription(subscriptionId)) === null, 'billing has the subscription although it failed')
    tell(`${letter.class} on the ${letter.queue} queue after ${letter.attempts} attempts: ${letter.error}`)
    return letter.id
  })

  chapter('Billing is back, and an operator replays the dead letter.')
  await step('Without a reason nothing happens', async (tell) => {
    await stack.setBilling({ mode: 'ok' })
    const answer = await stack.write(`/v1/dead-letters/${letterId}/replay`, OPERATOR, {})
    check(answer.http === 400, `control answered ${answer.http}`)
    tell(`POST /v1/dead-letters/${letterId}/replay {} → 400`)
  })

  const reason = `billing is back (${subscriptionId})`
  await step('With a reason the job runs again, and the subscription changes', async (tell) => {
    const answer = await stack.write(`/v1/dead-letters/${letterId}/replay`, OPERATOR, { reason })
    check(answer.http === 200 || answer.http === 202, `control answered ${answer.http}: ${JSON.stringify(answer.body)}`)
    const replay = replayResponse.parse(answer.body)
    tell(`POST /v1/dead-letters/${letterId}/replay → ${answer.http}, generation ${replay.generation}`)
    await until(
      'the job succeeds',
      async () => ((await stack.read(`/v1/jobs/${jobId}`, VIEWER, jobDetail)).status === 'succeeded' ? true : undefined),
      { timeoutMs: WORK_DEADLINE_MS },
    )
    check((await stack.subscription(subscriptionId)) === 'past_due', 'the subscription is not past_due')
    const letter = await stack.read(`/v1/dead-letters/${letterId}`, VIEWER, deadLetter)
    check(letter.status === 'replayed', `the dead letter is ${letter.status}`)
    tell(`GET /subscriptions/${subscriptionId} → past_due`)
  })

  await step('Billing saw one idempotency key and applied it once', async (tell) => {
    const calls = (await stack.billingCalls()).filter((call) => call.path === `/subscriptions/${subscriptionId}`)
    const keys = new Set(calls.map((call) => call.idempotencyKey))
    const applied = calls.filter((call) => call.effect === 'applied').length
    check(keys.size === 1 && !keys.has(null), `it saw the keys ${[...keys].join(', ')}`)
    check(applied === 1, `it applied ${applied} writes`)
    tell(`${calls.length} calls: ${calls.map((call) => `${call.status} ${call.effect}`).join(', ')}`)
  })

  await step('The audit log says who did what, and why', async (tell) => {
    const log = await stack.read('/v1/audit', ADMIN, page(auditEntry))
    const entry = log.items.find((item) => item.action === 'dead_letter.replayed' && item.reason === reason)
    check(entry !== undefined, 'there is no dead_letter.replayed with this reason')
    check(entry.actor.id === OPERATOR, `it names ${entry.actor.id}`)
    check(entry.before !== null && entry.after !== null, 'it does not show before and after')
    tell(`#${entry.seq} ${entry.actor.id} ${entry.action} ${entry.target}: “${entry.reason}”`)
    tell(`before ${JSON.stringify(entry.before)}, after ${JSON.stringify(entry.after)}`)
  })
}

function seconds(ms: number | undefined): string {
  return `${((ms ?? 0) / 1_000).toFixed(1)} s`
}
