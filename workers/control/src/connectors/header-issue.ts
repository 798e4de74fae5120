import { soundsSecret } from '@orchestrator/shared/core/secret-names'

/** What frames a request or belongs to one connection (RFC 9110, section 7.6.1; RFC 9112): the runtime's business. */
const FRAMING =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|http2-settings|proxy-.*)$/i
/** Set anew with each call. */
const OURS = /^(?:idempotency-key|traceparent)$/i
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/
/** Visible ASCII and spaces between (RFC 9110, section 5.5), which every upstream understands. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]{0,8190}[\x21-\x7e])?$/

/** Why a header of this name cannot be sent with calls; `null` when it can. */
export function headerNameIssue(name: string): string | null {
  if (!NAME.test(name)) return `“${name}” is not the name of a header`
  if (FRAMING.test(name)) return `“${name}” is set by the connection itself`
  return OURS.test(name) ? `“${name}” is set anew with each call` : null
}

/** Why a default header of a connector cannot stand there. Whoever may read the configuration reads its value. */
export function defaultHeaderIssue(name: string, value: string): string | null {
  const issue = headerNameIssue(name)
  if (issue !== null) return issue
  if (soundsSecret(name) || /^(?:bearer|basic)\s/i.test(value)) {
    return `“${name}” seems to hold a credential: keep it as a secret, and name that under auth`
  }
  return value === '' || VALUE.test(value) ? null : `the value of “${name}” is not plain visible text`
}
