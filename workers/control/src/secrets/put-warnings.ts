import type { SecretRef } from '@orchestrator/shared/contracts/config'
import type { SecretInput, SecretView } from '@orchestrator/shared/contracts/config-api'
import { usersInWords } from './to-api.ts'

/** What works, but not as one might think. A sentence each, none with a value. */
export function warningsOf(input: SecretInput, before: SecretRef | undefined, usedBy: SecretView['usedBy']): string[] {
  return [...warningsOfValue(input), ...warningsOfMove(input, before, usedBy)]
}

function warningsOfValue(input: SecretInput): string[] {
  if (!('value' in input) || !/^\s|\s$/.test(input.value) || input.value.includes('-----BEGIN')) return []
  return ['The value begins or ends with white space, which is part of it now. If it was pasted along, send it again without.']
}

/** Those who use it have no overlap where the value comes from another place, or another variable, than before. */
function warningsOfMove(input: SecretInput, before: SecretRef | undefined, usedBy: SecretView['usedBy']): string[] {
  const [was, is] = [before && placeOf(before), placeOf(input)]
  if (is === null && (was === null || was === undefined)) return []
  const warnings: string[] = []
  if (is !== null) warnings.push(`${is} must be there in ${workersOf(usedBy)}. POST …/verify tells where it is.`)
  const users = usersInWords(usedBy)
  if (before !== undefined && is !== was && users !== '') {
    warnings.push(
      `In use by ${users}: from now on (within 5 s) with the value of ${is ?? 'this request'}, instead of ${was ?? 'the one stored until now'}.`,
    )
  }
  if (is !== null && before?.source === 'stored' && before.versions.length > 0) {
    warnings.push('The values stored until now are no longer valid, the previous ones included.')
  }
  return warnings
}

/** Null: it is stored. */
function placeOf(secret: SecretRef | SecretInput): string | null {
  switch (secret.source) {
    case 'env':
      return `the Worker secret ${secret.variable}`
    case 'store':
      return `the Secrets Store binding ${secret.binding}`
    default:
      return null
  }
}

function workersOf({ providers, connectors }: SecretView['usedBy']): string {
  const workers = [...(providers.length > 0 ? ['ingress'] : []), ...(connectors.length > 0 ? ['execution'] : [])]
  return workers.length > 0 ? workers.join(' and ') : 'ingress where a provider uses it, and in execution where a connector does'
}
