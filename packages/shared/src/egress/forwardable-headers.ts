import { soundsSecret } from '../core/secret-names.ts'

/**
 * Headers that are never sent on: those of one connection (RFC 9110, section 7.6.1), those that the call itself makes, those that
 * say who somebody is or where they came from, and those of proxies.
 */
const NEVER: ReadonlySet<string> = new Set([
  'accept-encoding',
  'alt-used',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'idempotency-key',
  'keep-alive',
  'max-forwards',
  'origin',
  'proxy-connection',
  'range',
  'referer',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'true-client-ip',
  'upgrade',
  'via',
])
const NEVER_BEGIN = /^(?:cf|proxy|sec|x-forwarded|x-real)-/

/**
 * Whether a header of a webhook or of a caller may be sent on to an upstream. Credentials are not among them, under whatever name:
 * those of a connector are its own.
 */
export function isForwardable(name: string): boolean {
  const lower = name.toLowerCase()
  return !NEVER.has(lower) && !NEVER_BEGIN.test(lower) && !soundsSecret(lower)
}
