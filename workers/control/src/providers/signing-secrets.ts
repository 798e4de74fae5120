import type { ConfigSnapshot, Provider, SecretRef } from '@orchestrator/shared/contracts/config'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import type { ResolvedSecret } from '@orchestrator/shared/secrets/resolve'
import type { Explain, SigningSecret } from '@orchestrator/shared/verification/types'
import { needsOf } from './check.ts'

/** The values that a provider verifies with, the current one first. Empty where there are none, or none that control can read. */
export async function openSecrets(
  provider: Provider,
  preset: Preset,
  config: Pick<ConfigSnapshot, 'secrets'>,
  deps: { resolveSecret(ref: SecretRef): Promise<ResolvedSecret[]> },
  explain: Explain,
): Promise<SigningSecret[]> {
  const needed = needsOf(preset, provider.custom !== undefined).secret
  const ref = config.secrets.find(({ name }) => name === provider.secret)
  if (!ref) {
    if (needed) explain('There is a secret to verify with', false, 'the provider names none')
    return []
  }
  const resolved = await deps.resolveSecret(ref).catch(() => [])
  const labels = resolved.map(({ label }) => label).join(' and ')
  if (needed) explain('There is a secret to verify with', resolved.length > 0, resolved.length > 0 ? labels : whyUnreadable(ref))
  return resolved.map(({ label, secret }) => ({ label, secret: secret.reveal() }))
}

function whyUnreadable(ref: SecretRef): string {
  return ref.source === 'stored'
    ? `the value of ${ref.name} cannot be opened with the key that control has`
    : `the value of ${ref.name} is bound to ingress; control can only read it where it is bound to control too`
}
