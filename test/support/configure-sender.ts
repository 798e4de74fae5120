import { type Provider, provider as providerContract, type SecretRef } from '@orchestrator/shared/contracts/config'
import { sealSecret } from '@orchestrator/shared/secrets/envelope'

/** What an operator knows of a sender. */
export interface Sender {
  preset: string
  /** The first is the current one. */
  secrets: readonly string[]
  /** Settings, spelt as in the vectors (`verify_token`) or as in the configuration (`verifyToken`). */
  config: Readonly<Record<string, unknown>>
  /** As registered at the sender. */
  url: string
}

export interface ConfiguredSender {
  provider: Provider
  secret: SecretRef | undefined
}

/** What of a sender's `config` is no setting: addresses have a field of their own, keys are what the sender's host answers. */
const NO_SETTINGS = new Set(['notification_url', 'callback_url', 'jwks', 'certs', 'certificates', 'version'])
/** Plaid's keys are asked for with credentials, which its vectors leave out. */
const PLAID_CREDENTIALS = 'test-client-id:test-secret'

/** The provider that an operator would configure for a sender, under an id of its own. */
export async function configureSender(sender: Sender, id: string, secretsKey: string): Promise<ConfiguredSender> {
  const { preset, config, url } = sender
  const values = sender.secrets.length === 0 && preset === 'plaid' ? [PLAID_CREDENTIALS] : sender.secrets
  const provider = providerContract.parse({
    id,
    preset,
    enabled: true,
    paused: false,
    secret: values.length > 0 ? id : null,
    settings: settingsOf(config),
    publicUrl: config['notification_url'] ?? config['callback_url'] ?? url.split('?', 1)[0],
    bodyLimitBytes: 25 * 1_024 * 1_024,
    dedupeWindowMs: 86_400_000,
  })
  if (values.length === 0) return { provider, secret: undefined }
  const versions = await Promise.all(
    values.map(async (value, i) => ({
      version: i + 1,
      ...(await sealSecret(secretsKey, id, i + 1, value)),
      // The others stay valid far beyond any test's clock.
      validUntil: i === 0 ? null : Number.MAX_SAFE_INTEGER,
    })),
  )
  return { provider, secret: { name: id, source: 'stored', versions } }
}

/** `verify_token` → `verifyToken`. */
function settingsOf(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(config).filter(([name]) => !NO_SETTINGS.has(name))
  return Object.fromEntries(
    kept.map(([name, value]) => [name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()), value]),
  )
}

/** What the sender's own host answers when it is asked for a key; `undefined`: nothing of the kind is there. */
export function senderAnswer({ config }: Pick<Sender, 'config'>, url: string, body: string): string | undefined {
  const certificates = config['certificates'] as Record<string, string> | undefined
  const jwks = config['jwks'] as { keys: { kid?: string }[] } | undefined
  if (certificates?.[url] !== undefined) return certificates[url]
  if (new URL(url).pathname === '/webhook_verification_key/get') {
    const { key_id: kid } = JSON.parse(body) as { key_id?: string }
    const key = jwks?.keys.find((each) => each.kid === kid)
    return key && JSON.stringify({ key })
  }
  return jwks && JSON.stringify(jwks)
}
