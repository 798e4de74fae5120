import type { ConfigSnapshot, Provider } from '@orchestrator/shared/contracts/config'
import { providerInput } from '@orchestrator/shared/contracts/config-api'
import { merge, parseStrictly } from '../config/read-input.ts'
import { refuseIssues } from '../config/edit.ts'
import { checkProvider } from './check.ts'
import { completeCustom } from './custom.ts'

/** Fields that `null` takes away. */
const OPTIONAL = ['custom', 'publicUrl', 'toleranceSeconds', 'dedupe']

/** The provider that these fields describe, upon what it was before. @throws AppError 400 naming each field that is wrong. */
export function readProvider(before: object, fields: Record<string, unknown>): Provider {
  const { custom, ...rest } = parseStrictly(providerInput, merge(before, fields, OPTIONAL))
  return custom ? { ...rest, custom: completeCustom(custom, rest.id) } : rest
}

/** @throws AppError 400 where it does not fit the rest of the configuration, or would prove less than it seems to. */
export function refuseUnsound(provider: Provider, config: ConfigSnapshot): void {
  refuseIssues(checkProvider(provider, config))
}
