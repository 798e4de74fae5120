import type { Connector } from '@orchestrator/shared/contracts/connector'
import { isAllowedHost } from '@orchestrator/shared/egress/allowed-hosts'
import { guardUrl, REFUSALS } from '@orchestrator/shared/egress/url-guard'
import type { Result } from '@orchestrator/shared/core/result'
import { err, ok } from '@orchestrator/shared/core/result'
import type { UnsignedRequest } from './auth/types.ts'
import type { EgressRules } from './build-request.ts'
import { dropBody } from './read-response.ts'

/** Statuses with a `location` to go on to (https://fetch.spec.whatwg.org/#redirect-status). */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]

/** All that another origin gets: what a connector or a caller sends along may be meant for its own upstream only. */
const FOR_ANYBODY: readonly string[] = [
  'accept',
  'content-type',
  'content-encoding',
  'idempotency-key',
  'traceparent',
  'user-agent',
]
/** Of the body, which is not sent again. */
const OF_THE_BODY: readonly string[] = ['content-type', 'content-encoding', 'content-length']

export interface Hops<T> {
  response: Response
  /** The last request that was made. */
  last: T
  /** Why the last answer, a redirect, was not followed; not set where it is none, or redirects are not followed at all. */
  refused?: string
}

/** A request with its credentials, of which another origin gets none. */
export interface Hop {
  unsigned: UnsignedRequest
  /** Whether a redirect has led to another origin. */
  stranger: boolean
}

/**
 * Makes a request and follows its redirects, as far as the connector lets it: each address is guarded like the first, and must be
 * among the hosts that the connector may call. `send` authorises and sends, again for each hop; the error is why it could not.
 */
export async function followRedirects<T>(
  { baseUrl, egress }: Pick<Connector, 'baseUrl' | 'egress'>,
  rules: EgressRules,
  first: UnsignedRequest,
  send: (hop: Hop) => Promise<Result<{ response: Response; sent: T }, string>>,
): Promise<Result<Hops<T>, string>> {
  let hop: Hop = { unsigned: first, stranger: false }
  const begun = await send(hop)
  if (!begun.ok) return begun
  let { response, sent } = begun.value
  for (let hops = 0; ; hops++) {
    const location = response.headers.get('location')
    if (egress.redirects === 0 || location === null || !REDIRECTS.includes(response.status)) return ok({ response, last: sent })
    const refuse = (refused: string) => ok({ response, last: sent, refused })
    if (hops === egress.redirects)
      return refuse(`more than ${egress.redirects} redirects, which is all that the connector follows`)
    const target = guardHop(hop.unsigned.url, location, rules)
    if (!target.ok) return refuse(target.error)
    if (!isAllowedHost(target.value.hostname, baseUrl, egress.allowedHosts)) {
      return refuse(`the redirect leads to ${target.value.hostname}, which is not among the hosts that the connector may call`)
    }
    hop = nextHop(hop, response.status, target.value)
    const next = await send(hop)
    if (!next.ok) return refuse(next.error)
    await dropBody(response.body)
    ;({ response, sent } = next.value)
  }
}

/** The address as it was written is guarded, before the parser makes it plain. */
function guardHop(from: string, location: string, { environment, ownHosts }: EgressRules): Result<URL, string> {
  if (!URL.canParse(location, from)) return err('the redirect leads to no address')
  const written = URL.canParse(location) ? location : new URL(location, from).href
  const guarded = guardUrl(written.replace(/#[^]*$/, ''), environment, ownHosts)
  if (!guarded.ok) return err(`the address that the redirect leads to is refused: ${REFUSALS[guarded.error]}`)
  if (from.startsWith('https:') && guarded.value.protocol !== 'https:') return err('the redirect leads from https to http')
  return guarded
}

/** https://fetch.spec.whatwg.org/#http-redirect-fetch: 303, and 301 and 302 after POST, become a GET without a body. */
function nextHop({ unsigned, stranger }: Hop, status: number, target: URL): Hop {
  const crosses = stranger || target.origin !== new URL(unsigned.url).origin
  const headers = new Headers(crosses ? [...unsigned.headers].filter(([name]) => FOR_ANYBODY.includes(name)) : unsigned.headers)
  const becomesGet = status === 303 || ((status === 301 || status === 302) && unsigned.method === 'POST')
  if (becomesGet) for (const name of OF_THE_BODY) headers.delete(name)
  return {
    unsigned: {
      url: target.href,
      method: becomesGet ? 'GET' : unsigned.method,
      headers,
      body: becomesGet ? null : unsigned.body,
    },
    stranger: crosses,
  }
}
