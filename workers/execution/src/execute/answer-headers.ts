import { soundsSecret } from '@orchestrator/shared/core/secret-names'

/** Of one connection (RFC 9110, section 7.6.1), or of a body that was decoded on the way. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
])

/** What could give somebody a session at the upstream, besides what sounds like a secret. */
const SESSION = /session|csrf|xsrf/i

/**
 * The headers of an upstream's answer that its caller gets, by lower-case name. `clean` takes secrets out of their values.
 */
export function answerHeaders(headers: Headers, clean: (text: string) => string): Record<string, string> {
  const named = new Set((headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase()))
  const passed = [...headers].filter(
    ([name]) => !NOT_PASSED_ON.has(name) && !named.has(name) && !soundsSecret(name) && !SESSION.test(name),
  )
  return Object.fromEntries(passed.map(([name, value]) => [name, clean(value)]))
}
