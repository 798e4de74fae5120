import { event, jobDetail, page, webhookDetail } from '@orchestrator/shared/contracts/control-api'
import type { StackClient } from '../lib/stack-client.ts'
import { stripeEvent } from '../lib/stripe-event.ts'
import { until } from '../lib/until.ts'
import { check, type Storyteller } from './storyteller.ts'

const VIEWER = 'viewer@example.com'
const WORK_DEADLINE_MS = 15_000

/** A signed event is accepted, stored, worked, and changes the subscription once, even when it is sent twice. */
export async function happyPath({ chapter, step }: Storyteller, stack: StackClient, subscriptionId: string): Promise<void> {
  const { eventId, payload } = stripeEvent({
    type: 'customer.subscription.updated',
    subscriptionId,
    status: 'active',
    now: Date.now(),
  })

  chapter('Stripe says that a subscription has changed.')
  const inboxId = await step('A signed event is accepted: its signature holds, and it is stored', async (tell) => {
    const answer = await stack.postStripe(payload)
    check(answer.http === 200 && answer.status === 'accepted', `ingress answered ${answer.http} ${answer.status}`)
    tell(`POST /webhooks/stripe → ${answer.http} {"id":"${answer.id}","status":"accepted"}`)
    return answer.id
  })

  const jobId = await step('The inbox holds it, verified, with one job', async (tell) => {
    const webhook = await until('the webhook is in the inbox', () => stack.read(`/v1/inbox/${inboxId}`, VIEWER, webhookDetail), {
      timeoutMs: WORK_DEADLINE_MS,
    })
    check(webhook.eventId === eventId, `the inbox holds event ${webhook.eventId}, not ${eventId}`)
    check(Object.keys(webhook.verification).length > 0, 'the inbox does not say how it was verified')
    const [job] = webhook.jobs
    check(job !== undefined && webhook.jobs.length === 1, `the webhook made ${webhook.jobs.length} jobs`)
    tell(`${webhook.type} ${webhook.eventId}, verified by ${JSON.stringify(webhook.verification)}`)
    tell(`job ${job.id}: ${job.connector}/${job.operation}`)
    return job.id
  })

  await step('The job calls billing and succeeds', async (tell) => {
    const job = await until(
      'the job succeeds',
      async () => {
        const found = await stack.read(`/v1/jobs/${jobId}`, VIEWER, jobDetail)
        return found.status === 'succeeded' ? found : undefined
      },
      { timeoutMs: WORK_DEADLINE_MS },
    )
    const [attempt] = job.attempts
    check(attempt !== undefined && job.attempts.length === 1, `it took ${job.attempts.length} attempts`)
    check(attempt.outcome === 'success', `the attempt ended with ${attempt.outcome}`)
    tell(`attempt 1: ${attempt.method} ${attempt.url} → ${attempt.status} in ${Math.round(attempt.durationMs)} ms`)
  })

  await step('The event log tells it from the webhook to the end', async (tell) => {
    const log = await stack.read(`/v1/events?inboxId=${inboxId}`, VIEWER, page(event))
    const types = log.items.map(({ type }) => type).toReversed()
    check(types.includes('webhook.accepted'), `no webhook.accepted in ${types.join(', ')}`)
    check(types.includes('job.succeeded'), `no job.succeeded in ${types.join(', ')}`)
    tell(types.join(' → '))
  })

  await step('The subscription changed in billing, exactly once', async (tell) => {
    check((await stack.subscription(subscriptionId)) === 'active', 'the subscription is not active')
    const applied = await writesOf(stack, subscriptionId)
    check(applied === 1, `billing applied ${applied} writes`)
    tell(`GET /subscriptions/${subscriptionId} → active`)
  })

  await step('Stripe sends the same event again: counted and acknowledged, nothing more', async (tell) => {
    const answer = await stack.postStripe(payload)
    check(answer.status === 'duplicate', `ingress answered ${answer.status}`)
    check(answer.id === inboxId, `it answered another id, ${answer.id}`)
    check((await writesOf(stack, subscriptionId)) === 1, 'billing got a second write')
    tell(`POST /webhooks/stripe → ${answer.http} {"id":"${answer.id}","status":"duplicate"}`)
  })
}

async function writesOf(stack: StackClient, subscriptionId: string): Promise<number> {
  const calls = await stack.billingCalls()
  return calls.filter((call) => call.path === `/subscriptions/${subscriptionId}` && call.effect === 'applied').length
}
