import { z } from 'zod'
import { localUrl } from '../values.ts'
import { localFetch } from './local-fetch.ts'
import { signStripe } from './stripe-event.ts'

const accepted = z.object({ id: z.string(), status: z.string() })
const billingCalls = z.object({
  calls: z.array(
    z.object({
      at: z.string(),
      method: z.string(),
      path: z.string(),
      idempotencyKey: z.string().nullable(),
      effect: z.enum(['applied', 'replayed', 'none']),
      status: z.number().nullable(),
    }),
  ),
})

/** A running stack, asked the way scripts ask it. */
export class StackClient {
  readonly #port: number
  readonly #tokens = new Map<string, string>()

  constructor(port: number) {
    this.#port = port
  }

  url(part: string, path: string): string {
    return localUrl(part, this.#port) + path
  }

  /** Posts a webhook as Stripe would. */
  async postStripe(payload: string): Promise<{ http: number; id: string; status: string }> {
    const response = await localFetch(this.url('ingress', '/webhooks/stripe'), {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signStripe(payload) },
      body: payload,
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`ingress answered ${response.status}: ${text}`)
    return { http: response.status, ...accepted.parse(JSON.parse(text)) }
  }

  /** A token of the local Access for a person of development. */
  async token(email: string): Promise<string> {
    const known = this.#tokens.get(email)
    if (known) return known
    const response = await localFetch(this.url('access', `/token?app=console&email=${encodeURIComponent(email)}`))
    const token = await response.text()
    if (!response.ok) throw new Error(`access answered ${response.status}: ${token}`)
    this.#tokens.set(email, token)
    return token
  }

  /** Reads from the control API as `email`, and checks the shape. */
  async read<T>(path: string, email: string, schema: z.ZodType<T>): Promise<T> {
    const response = await localFetch(this.url('control', path), {
      headers: { 'cf-access-jwt-assertion': await this.token(email) },
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`control answered ${response.status} to GET ${path}: ${text}`)
    return schema.parse(JSON.parse(text))
  }

  /** Writes to the control API as `email`; the answer whatever its status. */
  async write(
    path: string,
    email: string,
    body: unknown,
    method: 'POST' | 'PATCH' | 'PUT' | 'DELETE' = 'POST',
  ): Promise<{ http: number; body: unknown }> {
    const response = await localFetch(this.url('control', path), {
      method,
      headers: { 'content-type': 'application/json', 'cf-access-jwt-assertion': await this.token(email) },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    return { http: response.status, body: text === '' ? null : JSON.parse(text) }
  }

  /** How billing answers from now on. */
  async setBilling(behaviour: Record<string, string | number>): Promise<void> {
    const response = await localFetch(this.url('billing', '/behaviour'), { method: 'PUT', body: JSON.stringify(behaviour) })
    if (!response.ok) throw new Error(`billing answered ${response.status}: ${await response.text()}`)
  }

  /** The status of a subscription in billing; `null` when there is none. */
  async subscription(id: string): Promise<string | null> {
    const response = await localFetch(this.url('billing', `/subscriptions/${encodeURIComponent(id)}`))
    const text = await response.text()
    if (response.status === 404) return null
    return z.object({ status: z.string() }).parse(JSON.parse(text)).status
  }

  /** The calls billing received, oldest first. */
  async billingCalls(): Promise<z.infer<typeof billingCalls>['calls']> {
    const response = await localFetch(this.url('billing', '/calls'))
    return billingCalls.parse(await response.json()).calls
  }
}
