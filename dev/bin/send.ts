import { localFetch } from '../lib/local-fetch.ts'
import { readArgs } from '../lib/read-args.ts'
import { stackSettings } from '../lib/settings.ts'
import { signStripe, stripeEvent } from '../lib/stripe-event.ts'
import { localUrl } from '../values.ts'

const HELP = `pnpm send stripe [options]: one signed event to a running stack.

  --type TYPE      customer.subscription.updated
  --id ID          the subscription it is about (sub_ and 8 random characters)
  --status STATUS  its new status (active)
  --event-id ID    id of the event (random); send the same one again to see a duplicate
  --times N        send the same event N times at once (1)
  --url URL        where to post it (http://ingress.localhost:8787/webhooks/stripe; PORT moves it)`

const MAX_TIMES = 1_000

const { values, positionals } = readArgs(HELP, {
  allowPositionals: true,
  options: {
    help: { type: 'boolean', short: 'h' },
    type: { type: 'string', default: 'customer.subscription.updated' },
    id: { type: 'string', default: `sub_${crypto.randomUUID().slice(0, 8)}` },
    status: { type: 'string', default: 'active' },
    'event-id': { type: 'string' },
    times: { type: 'string', default: '1' },
    url: { type: 'string' },
  },
})
const times = Number(values.times)

if (values.help) console.log(HELP)
else if (positionals.length !== 1 || positionals[0] !== 'stripe') fail('Say who sends: pnpm send stripe')
else if (!Number.isInteger(times) || times < 1 || times > MAX_TIMES) fail(`--times takes a number from 1 to ${MAX_TIMES}`)
else await send()

async function send(): Promise<void> {
  const url = values.url ?? `${localUrl('ingress', stackSettings(process.env).port)}/webhooks/stripe`
  const eventId = values['event-id']
  const event = stripeEvent({
    type: values.type,
    subscriptionId: values.id,
    status: values.status,
    now: Date.now(),
    ...(eventId === undefined ? {} : { eventId }),
  })
  const signature = signStripe(event.payload)
  console.log(`POST ${url}\nstripe-signature: ${signature}\n${event.payload}\n`)
  const answers = await Promise.all(Array.from({ length: times }, () => post(url, event.payload, signature)))
  for (const { line } of answers) console.log(line)
  process.exitCode = answers.every(({ ok }) => ok) ? 0 : 1
}

async function post(url: string, payload: string, signature: string): Promise<{ ok: boolean; line: string }> {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature }
  try {
    const response = await request(url, { method: 'POST', headers, body: payload })
    return { ok: response.ok, line: `${response.status} ${(await response.text()).trim()}` }
  } catch (error) {
    return {
      ok: false,
      line: `${error instanceof Error ? error.message : String(error)}\nIs the stack running? Start it: npx -y pnpm@12 dev`,
    }
  }
}

/** Names under localhost are Node's to refuse; others are real. */
async function request(url: string, init: { method: string; headers: Record<string, string>; body: string }): Promise<Response> {
  const { hostname } = new URL(url)
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost')
  return isLocal ? localFetch(url, init) : fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })
}

function fail(message: string): void {
  console.error(`${message}\n\n${HELP}`)
  process.exitCode = 1
}
