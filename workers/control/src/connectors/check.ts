import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector } from '@orchestrator/shared/contracts/connector'
import type { Issue } from '@orchestrator/shared/core/errors'
import { checkAllowedHost } from '@orchestrator/shared/egress/allowed-hosts'
import { addressIssue, type EgressRules } from './address-issue.ts'
import { defaultHeaderIssue, headerNameIssue } from './header-issue.ts'
import { valuelessWarnings } from '../secrets/has-no-value.ts'
import { secretsOf } from './secrets-of.ts'

/** Why a connector cannot be saved, by field: where it calls, with what, and under which policy. */
export function checkConnector(connector: Connector, config: ConfigSnapshot, rules: EgressRules): Issue[] {
  const { auth, baseUrl, policy } = connector
  const issues: Issue[] = []
  const refuse = (path: string, message: string | null) => message !== null && issues.push({ path, message })
  refuse('baseUrl', addressIssue(baseUrl, rules) ?? queryIssue(baseUrl))
  if (!config.policies.some(({ id }) => id === policy)) refuse('policy', `there is no policy ${policy}`)
  for (const { field, name } of secretsOf(auth)) {
    if (!config.secrets.some((secret) => secret.name === name)) {
      refuse(field, `there is no secret ${name}; create it first by PUT /v1/secrets/${name}`)
    }
  }
  if (auth.kind === 'oauth2ClientCredentials') refuse('auth.tokenUrl', addressIssue(auth.tokenUrl, rules))
  if (auth.kind === 'header' || auth.kind === 'hmac') refuse('auth.header', headerNameIssue(auth.header))
  if (auth.kind === 'hmac' && auth.timestampHeader !== null) {
    refuse('auth.timestampHeader', headerNameIssue(auth.timestampHeader))
  }
  for (const [name, value] of Object.entries(connector.headers)) refuse(`headers.${name}`, defaultHeaderIssue(name, value))
  connector.egress.allowedHosts.forEach((host, i) => refuse(`egress.allowedHosts.${i}`, hostIssue(host, rules)))
  return issues
}

function queryIssue(baseUrl: string): string | null {
  return baseUrl.includes('?') ? 'ends before the query: that belongs in the paths of its operations' : null
}

function hostIssue(host: string, { environment, ownHosts }: EgressRules): string | null {
  if (/^\*\.[^.]*$/.test(host)) return `“${host}” would take every name of a top-level domain`
  return checkAllowedHost(host, environment, ownHosts) ?? null
}

/** What works, but not as one might think. */
export function warningsOf(connector: Connector, config: ConfigSnapshot): string[] {
  const { auth, headers } = connector
  const warnings: string[] = []
  if (!config.operations.some((operation) => operation.connector === connector.id)) {
    warnings.push('It has no operation yet: nothing can be called.')
  }
  warnings.push(
    ...valuelessWarnings(
      secretsOf(auth).map(({ name }) => name),
      config.secrets,
    ),
  )
  if (auth.kind === 'hmac' && !auth.content.includes('{body}')) {
    warnings.push('What is signed does not cover the body: whoever learns a signature can send another body with it.')
  }
  if (auth.kind === 'hmac' && !auth.content.includes('{timestamp}')) {
    warnings.push('No time is signed: a call that somebody caught can be sent again.')
  }
  if (auth.kind === 'header' && Object.keys(headers).some((name) => name.toLowerCase() === auth.header.toLowerCase())) {
    warnings.push(`The header ${auth.header} stands among the default headers, too: the credential replaces it.`)
  }
  if (connector.baseUrl.startsWith('http:')) {
    warnings.push('It is called without encryption, which is only possible in development.')
  }
  return warnings
}
