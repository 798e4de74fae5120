/**
 * Microsoft Graph change notifications: every element of `value` repeats the `clientState` that we chose when we subscribed;
 * each secret is one. Nothing is signed. Notifications with resource data bring `validationTokens` as well, one for each pair
 * of application and tenant, which Microsoft demands to be validated: settings `appId` (ours) and, where the tenants are
 * known, `tenantIds`. https://learn.microsoft.com/graph/change-notifications-with-resource-data
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { utf8 } from '../../core/bytes.ts'
import { err, ok, type Result } from '../../core/result.ts'
import { timingSafeEqual } from '../../core/timing-safe.ts'
import { parseJson } from '../parsed-body.ts'
import type { RejectReason, Scheme, Sign, SchemeInput, SigningSecret } from '../types.ts'
import { listSetting, signEntraToken, verifyEntraToken } from './entra-token.ts'
import { splitSecrets } from './sign-rsa.ts'

/** The application of Microsoft Graph that publishes changes. */
const PUBLISHER = '0bf30f3b-4a52-48df-9a82-234910c4a086'
/** Graph sends a few tokens at most; each costs a public-key operation. */
const MAX_TOKENS = 50
const SIMULATED_TENANT = '11111111-2222-4333-8444-555555555555'

interface Notifications {
  items: readonly Readonly<Record<string, unknown>>[]
  tokens: readonly string[] | undefined
}

export const microsoftGraph: Scheme<CodeScheme> = {
  async verify(_, input) {
    const { explain } = input
    const read = readNotifications(parseJson(input.rawBody))
    explain('The body is a collection of notifications', read !== undefined)
    if (read === undefined) return err('malformed_body')

    const secrets = input.secrets.filter(({ secret }) => secret !== '')
    if (secrets.length === 0) return err('unusable_secret')
    const label = matchClientStates(read, secrets)
    explain('Every notification repeats a configured client state', label !== undefined, label && `the ${label} secret`)
    if (label === undefined) return err('no_match')

    const encrypted = read.items.some((item) => item['encryptedContent'] !== undefined && item['encryptedContent'] !== null)
    if (read.tokens === undefined && !encrypted)
      return ok({ scheme: 'microsoft-graph', secret: label, timestamp: null, ageSeconds: null })
    const tenants = await verifyTokens(read.tokens ?? [], input)
    explain('Its validation tokens are of Microsoft, for our application', tenants.ok, tenants.ok ? undefined : tenants.error)
    if (!tenants.ok) return tenants
    const covered = read.items.every(
      ({ tenantId }) => tenantId === undefined || tenants.value.some((tenant) => tenant === tenantId),
    )
    explain('They cover the tenant of every notification', covered)
    if (!covered) return err('wrong_claim')
    return ok({ scheme: 'microsoft-graph', secret: label, timestamp: null, ageSeconds: null })
  },

  proofHeaders: () => [],
  proofInBody: () => true,
}

/** Puts the client state into every notification; with a private key (PKCS #8 PEM) among the secrets, a token too. */
export const signMicrosoftGraph: Sign<CodeScheme> = async (_, { url, headers, rawBody, secrets, settings, timestamp }) => {
  const { privateKey, others } = splitSecrets(secrets)
  const [clientState] = others
  const read = readNotifications(parseJson(rawBody))
  if (clientState === undefined) throw new Error('signing needs the client state')
  if (read === undefined) throw new Error('the client state is inside a collection of notifications')
  const value = read.items.map((item) => ({ ...item, clientState }))
  if (privateKey === undefined) return { url, headers: { ...headers }, rawBody: utf8(JSON.stringify({ value })) }
  const [audience] = listSetting(settings, 'appId')
  if (audience === undefined) throw new Error('signing validation tokens needs the setting appId')
  const tenant = listSetting(settings, 'tenantIds')[0] ?? SIMULATED_TENANT
  const validationTokens = [await signEntraToken({ audience, tenant, caller: PUBLISHER }, timestamp, privateKey)]
  return { url, headers: { ...headers }, rawBody: utf8(JSON.stringify({ value, validationTokens })) }
}

function readNotifications(json: unknown): Notifications | undefined {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return undefined
  const { value, validationTokens: tokens } = json as Readonly<Record<string, unknown>>
  if (!Array.isArray(value) || value.length === 0) return undefined
  if (!value.every((item) => item !== null && typeof item === 'object' && !Array.isArray(item))) return undefined
  if (tokens === undefined || tokens === null) return { items: value, tokens: undefined }
  const areTexts = Array.isArray(tokens) && tokens.length <= MAX_TOKENS && tokens.every((token) => typeof token === 'string')
  return areTexts ? { items: value, tokens } : undefined
}

/** A batch may mix subscriptions from before and after a change of the secret: each element repeats any one of them. */
function matchClientStates({ items }: Notifications, secrets: readonly SigningSecret[]): SigningSecret['label'] | undefined {
  let label: SigningSecret['label'] = 'current'
  for (const item of items) {
    const state = Object.hasOwn(item, 'clientState') ? item['clientState'] : undefined
    const given = utf8(typeof state === 'string' ? state : '')
    const matches = secrets.filter(({ secret }) => timingSafeEqual(utf8(secret), given))
    // A stranger's body may have hundreds of thousands of elements. Which of them ends it tells nothing about a secret.
    if (matches.length === 0) return undefined
    if (matches[0]?.label === 'previous') label = 'previous'
  }
  return label
}

/** The tenants whose tokens prove that Microsoft sent this. One bad token spoils the lot. */
async function verifyTokens(tokens: readonly string[], input: SchemeInput): Promise<Result<string[], RejectReason>> {
  const audiences = listSetting(input.settings, 'appId')
  if (audiences.length === 0) return err('unusable_secret')
  if (tokens.length === 0) return err('malformed_body')
  const expected = { audiences, tenants: listSetting(input.settings, 'tenantIds'), callers: [PUBLISHER] }
  const verified: string[] = []
  for (const token of tokens) {
    const result = await verifyEntraToken(token, expected, input)
    if (!result.ok) return result
    verified.push(result.value.tenant)
  }
  return ok(verified)
}
