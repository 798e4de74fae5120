import { z } from 'zod'
import { planCall } from './behaviour.ts'
import { applyWrite, countCall, type NewCall, readBehaviour, readSubscription, recordCall } from './store.ts'

/** How long a hanging call is kept, ms. */
const HANG_MS = 60_000

const subscriptionChange = z.object({ status: z.string().trim().min(1).max(64) })

export interface BillingEnv {
  BILLING_DB: D1Database
  /** What the API's clients present as `Authorization: Bearer …`. */
  CREDENTIAL: string
}

type Target = { kind: 'subscription'; id: string } | { kind: 'echo' }

/** The API's own resources; `undefined` for any other path. */
export function findTarget(method: string, pathname: string): Target | undefined {
  const id = decodePart(/^\/subscriptions\/([^/]+)$/.exec(pathname)?.[1])
  if (id && (method === 'GET' || method === 'PUT')) return { kind: 'subscription', id }
  return method === 'POST' && pathname === '/echo' ? { kind: 'echo' } : undefined
}

function decodePart(part: string | undefined): string | undefined {
  try {
    return part && decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/**
 * One call of the API: first the behaviour, then the credential, then the work. Every call is recorded, whatever becomes of it.
 * `now` in ms; `pause` waits that many ms.
 */
export async function answerCall(
  request: Request,
  env: BillingEnv,
  target: Target,
  clock: { now: number; pause: (ms: number) => Promise<void> },
): Promise<Response> {
  const db = env.BILLING_DB
  const call: NewCall = {
    at: new Date(clock.now).toISOString(),
    method: request.method,
    path: new URL(request.url).pathname,
    idempotencyKey: request.headers.get('idempotency-key'),
  }
  const settings = await readBehaviour(db)
  const plan = planCall(settings, settings.mode === 'flap' ? await countCall(db) : 0)
  const headers = new Headers()
  if (settings.retryAfterSeconds !== undefined) headers.set('retry-after', String(settings.retryAfterSeconds))
  if (plan.kind === 'hang') {
    await recordCall(db, call, null)
    await clock.pause(HANG_MS)
    return text('this call was left hanging', 504)
  }
  if (plan.kind === 'fail') {
    await recordCall(db, call, plan.status)
    const body = [204, 205, 304].includes(plan.status) ? null : `billing answers ${plan.status} on demand\n`
    return new Response(body, { status: plan.status, headers })
  }
  const answer = await act(request, env, target, call)
  if (plan.delayMs > 0) await clock.pause(plan.delayMs)
  return answer
}

async function act(request: Request, env: BillingEnv, target: Target, call: NewCall): Promise<Response> {
  const refuse = async (message: string, status: number): Promise<Response> => {
    await recordCall(env.BILLING_DB, call, status)
    return text(message, status)
  }
  if (request.headers.get('authorization') !== `Bearer ${env.CREDENTIAL}`) return refuse('a valid credential is needed', 401)
  if (request.method === 'GET' && target.kind === 'subscription') {
    const found = await readSubscription(env.BILLING_DB, target.id)
    await recordCall(env.BILLING_DB, call, found ? 200 : 404)
    return found ? Response.json(found) : text('no such subscription', 404)
  }
  const body = await readJson(request)
  if (body === undefined) return refuse('the body is not JSON', 400)
  if (target.kind === 'echo') return write(env, call, { body, answer: body, subscription: null })
  const change = subscriptionChange.safeParse(body)
  if (!change.success) return refuse('status: a text of 1 to 64 characters is needed', 400)
  const subscription = { id: target.id, status: change.data.status }
  return write(env, call, { body: change.data, answer: { ...subscription, updatedAt: call.at }, subscription })
}

async function write(
  env: BillingEnv,
  call: NewCall,
  what: { body: unknown; answer: unknown; subscription: { id: string; status: string } | null },
): Promise<Response> {
  const result = await applyWrite(env.BILLING_DB, call, {
    request: `${call.method} ${call.path} ${JSON.stringify(what.body)}`,
    answer: JSON.stringify(what.answer),
    subscription: what.subscription,
  })
  if (result.effect === 'conflict') return text('this idempotency key was used for another request', 422)
  return new Response(result.answer, {
    headers: { 'content-type': 'application/json', ...(result.effect === 'replayed' ? { 'idempotent-replayed': 'true' } : {}) },
  })
}

/** The body as JSON; `undefined` when it is not. */
export async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    return undefined
  }
}

function text(message: string, status: number): Response {
  return new Response(`${message}\n`, { status })
}
