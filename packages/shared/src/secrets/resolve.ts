import { isDevelopmentValue } from '../core/development-value.ts'
import { assertNever } from '../core/result.ts'
import type { SecretRef } from '../contracts/config.ts'
import { isOwnVariable } from '../contracts/variable-name.ts'
import { openSecret, type SecretsKeys } from './envelope.ts'
import { Secret } from './secret.ts'

export interface ResolvedSecret {
  label: 'current' | 'previous'
  secret: Secret
}

export interface SecretSources {
  /** Key of `stored` secrets, or keys. */
  secretsKey: SecretsKeys
  /** The Worker's environment: Worker secrets are strings, Secrets Store bindings have `get()`. */
  env: Readonly<Record<string, unknown>>
  now: number
}

/**
 * The values a secret has now: the current one first, then previous ones that are still valid. An empty list means that it
 * does not resolve; the caller fails closed with `config_error`. Rejects when the Secrets Store cannot be asked: that passes.
 */
export async function resolveSecret(ref: SecretRef, sources: SecretSources): Promise<ResolvedSecret[]> {
  const read = await Promise.all(placesOf(ref, sources.now).map(({ label, place }) => readPlace(place, label, sources)))
  return read.flat().filter(({ secret }) => !isRefusedIn(sources.env, secret))
}

/** Where one value of a secret is. */
export type SecretPlace =
  | { kind: 'stored'; name: string; version: Extract<SecretRef, { source: 'stored' }>['versions'][number] }
  | { kind: 'variable' | 'store'; binding: string }

/** Where the values of a secret are that are valid at a time (ms), the current one first. */
export function placesOf(ref: SecretRef, now: number): { label: ResolvedSecret['label']; place: SecretPlace }[] {
  switch (ref.source) {
    case 'stored':
      return ref.versions
        .filter(({ validUntil }) => validUntil === null || validUntil > now)
        .map((version) => ({
          label: version.validUntil === null ? 'current' : 'previous',
          place: { kind: 'stored', name: ref.name, version },
        }))
    case 'env':
      return bound('variable', ref.variable, ref.previousVariable)
    case 'store':
      return bound('store', ref.binding, ref.previousBinding)
    default:
      return assertNever(ref)
  }
}

function bound(kind: 'variable' | 'store', current: string, previous: string | undefined): ReturnType<typeof placesOf> {
  const place = (label: ResolvedSecret['label'], binding: string) => ({ label, place: { kind, binding } })
  return [place('current', current), ...(previous === undefined ? [] : [place('previous', previous)])]
}

/** The value of one place; `undefined` when there is none. Rejects when the Secrets Store cannot be asked. */
export async function valueOf(place: SecretPlace, { secretsKey, env }: SecretSources): Promise<string | undefined> {
  if (place.kind === 'stored') return openSecret(secretsKey, place.name, place.version)
  const { binding } = place
  // Also where an older revision, or somebody with the database in hand, names it.
  if (isOwnVariable(binding) || !Object.hasOwn(env, binding)) return undefined
  return place.kind === 'variable' ? textOf(env[binding]) : fromStore(env[binding])
}

/** Production knows no value of development, wherever it comes from. */
export function isRefusedIn(env: SecretSources['env'], secret: Secret): boolean {
  return env.ENVIRONMENT === 'production' && isDevelopmentValue(secret.reveal())
}

async function readPlace(place: SecretPlace, label: ResolvedSecret['label'], sources: SecretSources): Promise<ResolvedSecret[]> {
  const value = await valueOf(place, sources)
  return value ? [{ label, secret: new Secret(value) }] : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

async function fromStore(binding: unknown): Promise<string | undefined> {
  const store = binding as { get?: () => Promise<string> } | undefined
  if (typeof store?.get !== 'function') return undefined
  return textOf(await store.get())
}
