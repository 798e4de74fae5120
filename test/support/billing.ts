import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import type { Sent } from './webhooks.ts'

export interface BillingCall {
  at: number | string
  method: string
  path: string
  idempotencyKey: string | null
  effect: 'applied' | 'replayed' | 'none'
  /** Null while billing hangs. */
  status: number | null
}

/** The calls that the demo upstream received, in order. */
export async function billingCalls(port: number): Promise<BillingCall[]> {
  const response = await localFetch(`http://billing.localhost:${port}/calls`)
  return ((await response.json()) as { calls: BillingCall[] }).calls
}

/** The calls for one subscription. */
export async function callsFor(port: number, subscription: string): Promise<BillingCall[]> {
  return (await billingCalls(port)).filter((call) => call.path === `/subscriptions/${subscription}`)
}

/** How billing answers from now on. */
export async function billingBehaves(port: number, behaviour: Record<string, unknown>): Promise<void> {
  const response = await localFetch(`http://billing.localhost:${port}/behaviour`, {
    method: 'PUT',
    body: JSON.stringify(behaviour),
  })
  if (!response.ok) throw new Error(`billing refused the behaviour: ${response.status} ${await response.text()}`)
}

/** The status of a subscription in billing; `undefined` when there is none. */
export async function subscriptionStatus(port: number, id: string): Promise<string | undefined> {
  const response = await localFetch(`http://billing.localhost:${port}/subscriptions/${id}`)
  return response.ok ? ((await response.json()) as { status: string }).status : undefined
}

/**
 * Accepted events without their effect, and keys or subscriptions with more than one; `repeated` are the writes that billing
 * knew already by their key, which only a call of ours that was made twice can cause.
 */
export async function effects(
  port: number,
  accepted: readonly Sent[],
): Promise<{ missing: string[]; doubled: string[]; repeated: number }> {
  const ours = new Set(accepted.map(({ subscription }) => `/subscriptions/${subscription}`))
  const calls = (await billingCalls(port)).filter((call) => ours.has(call.path))
  const applied = calls.filter((call) => call.effect === 'applied')
  const perPath = Map.groupBy(applied, (call) => call.path)
  const perKey = Map.groupBy(applied, (call) => call.idempotencyKey)
  return {
    repeated: calls.filter((call) => call.effect === 'replayed').length,
    missing: accepted
      .filter(({ subscription }) => !perPath.has(`/subscriptions/${subscription}`))
      .map(({ subscription }) => subscription),
    doubled: [...perKey.entries(), ...perPath.entries()].filter(([, calls]) => calls.length > 1).map(([key]) => String(key)),
  }
}
