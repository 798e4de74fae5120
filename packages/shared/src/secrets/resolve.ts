import { isDevelopmentValue } from '../core/development-value.ts'
import { assertNever } from '../core/result.ts'
import type { SecretRef } from '../contracts/config.ts'
import { openSecret } from './envelope.ts'
import { Secret } from './secret.ts'

export interface ResolvedSecret {
  label: 'current' | 'previous'
  secret: Secret
}

export interface SecretSources {
  /** Key of `stored` secrets. */
  secretsKey: string
  /** The Worker's environment: Worker secrets are strings, Secrets Store bindings have `get()`. */
  env: Readonly<Record<string, unknown>>
  now: number
}

/**
 * The values a secret has now: the current one first, then previous ones that are still valid. An empty list means that it
 * does not resolve; the caller fails closed with `config_error`. Rejects when the Secrets Store cannot be asked: that passes.
 */
export async function resolveSecret(ref: SecretRef, sources: SecretSources): Promise<ResolvedSecret[]> {
  return withoutDevelopmentValues(await readSecret(ref, sources), sources.env.ENVIRONMENT)
}

async function readSecret(ref: SecretRef, sources: SecretSources): Promise<ResolvedSecret[]> {
  switch (ref.source) {
    case 'stored': {
      const valid = ref.versions.filter((version) => version.validUntil === null || version.validUntil > sources.now)
      const opened = await Promise.all(valid.map((version) => openSecret(sources.secretsKey, ref.name, version)))
      return valid.flatMap((version, i) => labelled(version.validUntil === null ? 'current' : 'previous', opened[i]))
    }
    case 'env':
      return [
        ...labelled('current', textOf(sources.env[ref.variable])),
        ...labelled('previous', ref.previousVariable ? textOf(sources.env[ref.previousVariable]) : undefined),
      ]
    case 'store':
      return [
        ...labelled('current', await fromStore(sources.env[ref.binding])),
        ...labelled('previous', ref.previousBinding ? await fromStore(sources.env[ref.previousBinding]) : undefined),
      ]
    default:
      return assertNever(ref)
  }
}

function labelled(label: ResolvedSecret['label'], value: string | undefined): ResolvedSecret[] {
  return value ? [{ label, secret: new Secret(value) }] : []
}

/** Production knows no value of development, wherever it comes from. */
function withoutDevelopmentValues(resolved: ResolvedSecret[], environment: unknown): ResolvedSecret[] {
  return environment === 'production' ? resolved.filter(({ secret }) => !isDevelopmentValue(secret.reveal())) : resolved
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

async function fromStore(binding: unknown): Promise<string | undefined> {
  const store = binding as { get?: () => Promise<string> } | undefined
  if (typeof store?.get !== 'function') return undefined
  return textOf(await store.get())
}
