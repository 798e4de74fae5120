import { createIngress } from '../../../workers/ingress/src/app.ts'

export { ProviderLimiter } from '../../../workers/ingress/src/protection/provider-limiter.do.ts'

/**
 * The real ingress with its clock standing at the time a header names. Requests come one after another. A new `batch` begins
 * with a cold isolate, which reads the configuration anew.
 */
const RealDate = Date
let now = 0
let batch: string | null = null
let ingress = createIngress()

class StandingDate extends RealDate {
  constructor(...args: []) {
    if (args.length === 0) super(now)
    else super(...args)
  }
  static override now = (): number => now
}
globalThis.Date = StandingDate as unknown as DateConstructor

export default {
  fetch(request: Request, env: unknown, context: ExecutionContext): Promise<Response> {
    const headers = new Headers(request.headers)
    now = Number(headers.get('vector-now')) * 1_000
    if (headers.get('vector-batch') !== batch) ingress = createIngress()
    batch = headers.get('vector-batch')
    headers.delete('vector-now')
    headers.delete('vector-batch')
    return ingress.fetch(new Request(request, { headers }), env, context)
  },
}
