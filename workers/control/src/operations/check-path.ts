import { addressIssue, type EgressRules } from '../connectors/address-issue.ts'

/** Dot segments in any spelling that URL parsers take out: https://url.spec.whatwg.org/#double-dot-path-segment */
const DOTS = /^(?:\.|%2e){1,2}$/i

/** Why a path template cannot be called under this base URL; `null` when it can. */
export function pathIssue(template: string, baseUrl: string, rules: EgressRules): string | null {
  const filled = template.replace(/\{[^{}/?#]+\}/g, 'x')
  if (/[{}]/.test(filled)) return 'has a brace that belongs to no field: write {name}, the name of a field of the input'
  if (filled.includes('#')) return 'the part after # is never sent: leave it out'
  if (/[^\x21-\x7e]|\\/.test(filled)) return 'has a character that must be percent-encoded'
  const [path = ''] = filled.split('?', 1)
  if (path.split('/').some((segment) => DOTS.test(segment))) return 'may not have the segments . and .., which would be taken out'
  const base = baseUrl.replace(/\/+$/, '')
  if (addressIssue(base, rules) === null && addressIssue(base + filled, rules) !== null) {
    return 'would lead to another place than the base URL'
  }
  return null
}
