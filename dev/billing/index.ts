import { answerCall, type BillingEnv, findTarget, readJson } from './api.ts'
import { behaviour } from './behaviour.ts'
import { clearCalls, listCalls, readBehaviour, readSubscription, writeBehaviour } from './store.ts'

/**
 * Calls with an `Authorization` header, and every write, are the API's clients': they meet the behaviour and are recorded. A
 * `GET /subscriptions/:id` without one is a person or script that looks at the result, and works while billing is down.
 */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    const answered = await answerScript(request, env, pathname)
    if (answered) return answered
    const target = findTarget(request.method, pathname)
    if (!target) return new Response('Not found. There are /subscriptions/:id, /echo, /behaviour and /calls.\n', { status: 404 })
    if (request.method === 'GET' && target.kind === 'subscription' && !request.headers.has('authorization')) {
      const found = await readSubscription(env.BILLING_DB, target.id)
      return found ? Response.json(found) : new Response('no such subscription\n', { status: 404 })
    }
    return answerCall(request, env, target, { now: Date.now(), pause })
  },
} satisfies ExportedHandler<BillingEnv>

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** What is never affected by the behaviour. */
async function answerScript(request: Request, env: BillingEnv, pathname: string): Promise<Response | undefined> {
  switch (`${request.method} ${pathname}`) {
    case 'PUT /behaviour': {
      const settings = behaviour.safeParse(await readJson(request))
      if (!settings.success) {
        const issues = settings.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
        return new Response(`${issues.join('\n')}\n`, { status: 400 })
      }
      await writeBehaviour(env.BILLING_DB, settings.data)
      return Response.json(settings.data)
    }
    case 'GET /behaviour':
      return Response.json(await readBehaviour(env.BILLING_DB))
    case 'GET /calls':
      return Response.json({ calls: await listCalls(env.BILLING_DB) })
    case 'DELETE /calls':
      await clearCalls(env.BILLING_DB)
      return new Response(null, { status: 204 })
    case 'GET /livez':
      return Response.json({ status: 'ok', worker: 'billing' })
    case 'GET /readyz':
      await readBehaviour(env.BILLING_DB)
      return Response.json({ status: 'ready', worker: 'billing' })
    default:
      return undefined
  }
}
