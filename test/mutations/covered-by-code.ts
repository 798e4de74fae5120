import type { CodeScheme } from '@orchestrator/shared/contracts/preset'
import { crc32 } from '@orchestrator/shared/verification/crc32'
import type { ProviderSettings } from '@orchestrator/shared/verification/types'
import { type Covered, field, formOf, jsonOf, once, parse, shown, textOf, type Wire } from './reading.ts'

/** What the schemes cover that are modules of their own, as their senders document it. What is not named here is not covered. */
export const CODE_SCHEMES: Record<CodeScheme['scheme'], (request: Wire, settings: ProviderSettings) => Covered> = {
  /** Eight fields of every item, and the signature inside it. Absent and empty are one. */
  'adyen-payments': (request) => {
    const paths = [
      'pspReference',
      'originalReference',
      'merchantAccountCode',
      'merchantReference',
      'amount.value',
      'amount.currency',
      'eventCode',
      'success',
      'additionalData.hmacSignature',
    ]
    const items = field(jsonOf(request), 'notificationItems')
    const content = Array.isArray(items)
      ? items.map((item) => paths.map((path) => shown(field(item, `NotificationRequestItem.${path}`) ?? '')))
      : null
    return { proofs: [''], content }
  },

  /** The fields of the message's type, whatever else the JSON holds, with signature and its version; the header, if there. */
  'aws-sns': (request) => {
    const message = jsonOf(request)
    const type = field(message, 'Type')
    const names = [
      'Message',
      'MessageId',
      'Subject',
      'SubscribeURL',
      'Timestamp',
      'Token',
      'TopicArn',
      'Type',
      'SignatureVersion',
    ]
    const header = request.headers.get('x-amz-sns-message-type') ?? type
    return { proofs: [shown(field(message, 'Signature'))], content: [names.map((name) => field(message, name) ?? null), header] }
  },

  /** A secret in the address. */
  'azure-event-grid': (request) => {
    const names = ['code', 'token', 'key', 'secret', 'api_key', 'apikey', 'access_token', 'sig']
    const query = new URL(request.url).searchParams
    return { proofs: names.flatMap((name) => query.getAll(name)), content: null }
  },

  /** The payload field, but for the line break that ends it. Any pair with our public key is a proof. */
  braintree: (request, { publicKey }) => {
    const form = formOf(request)
    const pairs = (once(form, 'bt_signature') ?? '').split('&').filter((pair) => pair.startsWith(`${String(publicKey)}|`))
    return { proofs: pairs, content: once(form, 'bt_payload')?.replace(/\n$/, '') ?? null }
  },

  /** Method, path with query, body, the list of headers and what is listed. Not the host. */
  contentful: (request) => {
    const value = (name: string) => request.headers.get(name)
    const list = value('x-contentful-signed-headers') ?? ''
    const listed = new Set([
      ...list.split(',').map((name) => name.trim()),
      'x-contentful-signed-headers',
      'x-contentful-timestamp',
    ])
    const names = [...listed].sort()
    const values = names.map((name) => (name === 'x-contentful-signed-headers' ? null : isName(name) ? value(name) : undefined))
    const { pathname, search } = new URL(request.url)
    const content = [names, values, request.method, pathname, search, Buffer.from(request.body).toString('latin1')]
    return { proofs: [value('x-contentful-signature') ?? ''], content }
  },

  /** Time and type of the event. */
  'dropbox-sign': (request) => {
    const event = field(parse(jsonInPart(request, 'json') ?? textOf(request)), 'event')
    const content = [shown(field(event, 'event_time')), shown(field(event, 'event_type'))]
    return { proofs: [shown(field(event, 'event_hash'))], content }
  },

  /** Time and token. */
  mailgun: (request) => {
    const signature = field(jsonOf(request), 'signature')
    const content = [shown(field(signature, 'timestamp')), shown(field(signature, 'token'))]
    return { proofs: ['signature', 'parent-signature'].map((name) => shown(field(signature, name))), content }
  },

  /** The address letter by letter, then names and values of the form in one text. */
  mandrill: (request) => {
    const form = formOf(request)?.sort(([a], [b]) => (a < b ? -1 : 1))
    const isSet = form !== undefined && new Set(form.map(([name]) => name)).size === form.length
    return {
      proofs: [request.headers.get('x-mandrill-signature') ?? ''],
      content: isSet ? [request.url, form.flat().join('')] : null,
    }
  },

  /** The client state of every notification. */
  'microsoft-graph': (request) => {
    const items = field(jsonOf(request), 'value')
    return { proofs: [''], content: Array.isArray(items) ? items.map((item) => field(item, 'clientState') ?? null) : null }
  },

  /** Every other field of the form. */
  'paddle-classic': (request) => {
    const form = formOf(request)?.filter(([name]) => name !== 'p_signature')
    const unique = form !== undefined && new Set(form.map(([name]) => name)).size === form.length
    const content = unique ? form.sort(([a], [b]) => (a < b ? -1 : 1)) : null
    return { proofs: [once(formOf(request), 'p_signature') ?? ''], content }
  },

  /** Id and time of the transmission, and of the body its CRC-32. The algorithm must be the one. */
  paypal: (request) => {
    const [id, time, algorithm] = ['id', 'time']
      .map((name) => request.headers.get(`paypal-transmission-${name}`))
      .concat(request.headers.get('paypal-auth-algo'))
    return { proofs: [request.headers.get('paypal-transmission-sig') ?? ''], content: [id, time, algorithm, crc32(request.body)] }
  },

  /**
   * The address in any of its spellings, then names and values of the form in one text. Twilio's libraries take an address with
   * and without its port, so a port is not covered.
   */
  twilio: (request) => {
    const url = new URL(request.url)
    const query = Map.groupBy(url.searchParams, ([name]) => name)
    const address = [url.protocol, url.username, url.password, url.hostname, url.pathname, [...query.values()].flat()]
    const fields = new Set((formOf(request) ?? []).map((pair) => JSON.stringify(pair)))
    const sorted = [...fields].map((pair) => JSON.parse(pair) as [string, string]).sort(byNameAndValue)
    const content = formOf(request) === undefined ? null : [address, grouped(sorted)]
    return { proofs: [request.headers.get('x-twilio-signature') ?? ''], content }
  },
}

function byNameAndValue([a, x]: [string, string], [b, y]: [string, string]): number {
  return a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1
}

function grouped(fields: readonly [string, string][]): string {
  return fields.flat().join('')
}

function isName(name: string): boolean {
  return /^[a-z0-9!#$%&'*+.^_`|~-]+$/i.test(name)
}

/** The JSON in the one part of that name. How the part is framed is not covered: only where the JSON begins and ends counts. */
function jsonInPart(request: Wire, name: string): string | undefined {
  const boundary = /boundary="?([^";,\s]+)/i.exec(request.headers.get('content-type') ?? '')?.[1]
  if (boundary === undefined) return undefined
  const parts = `\r\n${textOf(request)}`.split(`\r\n--${boundary}`)
  const [part, ...more] = parts.filter((text) => text.toLowerCase().includes(`name="${name}"`))
  return part === undefined || more.length > 0 ? undefined : part.slice(part.indexOf('{'), part.lastIndexOf('}') + 1)
}
