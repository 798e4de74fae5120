/**
 * Azure Event Grid signs nothing. What can be agreed on is a secret in the query of the address, and a token of Microsoft
 * Entra ID that it fetches for our application. What is configured must be there: a secret, the setting `audience` (with
 * `tenantId`), or both. https://learn.microsoft.com/azure/event-grid/security-authentication
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { utf8 } from '../../core/bytes.ts'
import { err, ok, type Result } from '../../core/result.ts'
import { timingSafeEqual } from '../../core/timing-safe.ts'
import type { ProviderSettings, RejectReason, Scheme, Sign, SchemeInput, SigningSecret } from '../types.ts'
import { type EntraToken, listSetting, signEntraToken, verifyEntraToken } from './entra-token.ts'
import { splitSecrets } from './sign-rsa.ts'

/** Event Grid's own application, in public Azure. */
const EVENT_GRID = '4962773b-9cdb-44cf-a8bf-237846a00ab7'
/** Names under which people put a secret into the address, unless the setting `tokenParameter` names theirs. */
const PARAMETERS = ['code', 'token', 'key', 'secret', 'api_key', 'apikey', 'access_token', 'sig']

export const azureEventGrid: Scheme<CodeScheme> = {
  async verify(_, input) {
    const secrets = input.secrets.filter(({ secret }) => secret !== '')
    const audiences = listSetting(input.settings, 'audience')
    const agreed = secrets.length > 0 || audiences.length > 0
    input.explain('A secret or an audience is configured', agreed)
    if (!agreed) return err('unusable_secret')

    const label = secrets.length === 0 ? ok(null) : matchParameter(input, secrets)
    if (secrets.length > 0)
      input.explain('The address carries the secret', label.ok, label.ok ? `the ${label.value} secret` : label.error)
    if (!label.ok) return label
    if (audiences.length === 0) return ok({ scheme: 'azure-event-grid', secret: label.value, timestamp: null, ageSeconds: null })

    const token = await verifyBearer(input, audiences)
    input.explain('It carries a token of Microsoft Entra ID for us', token.ok, token.ok ? undefined : token.error)
    if (!token.ok) return token
    const { issuedAt: timestamp, claims } = token.value
    const ageSeconds = timestamp === null ? null : Math.floor(input.now / 1000) - timestamp
    return ok({ scheme: 'azure-event-grid', secret: label.value, timestamp, ageSeconds, claims })
  },

  proofHeaders: () => ['authorization'],
  proofParameters: (_, settings) => parameterNames(settings),
}

/** Puts the secret into the address, and with a private key (PKCS #8 PEM) among the secrets a token into the header. */
export const signAzureEventGrid: Sign<CodeScheme> = async (_, { url, headers, rawBody, secrets, settings, timestamp }) => {
  const { privateKey, others } = splitSecrets(secrets)
  const [secret] = others
  const [audience] = listSetting(settings, 'audience')
  const [tenant] = listSetting(settings, 'tenantId')
  if (secret === undefined && privateKey === undefined) throw new Error('signing needs the secret or a private key')
  const target = new URL(url)
  if (secret !== undefined) target.searchParams.set(parameterNames(settings)[0]!, secret)
  if (privateKey === undefined) return { url: target.href, headers: { ...headers }, rawBody }
  if (audience === undefined || tenant === undefined) throw new Error('signing a token needs the settings audience and tenantId')
  const caller = callers(settings)[0]!
  const token = await signEntraToken({ audience, tenant, caller }, timestamp, privateKey)
  return { url: target.href, headers: { ...headers, authorization: `Bearer ${token}` }, rawBody }
}

function matchParameter(
  { url, settings }: SchemeInput,
  secrets: readonly SigningSecret[],
): Result<SigningSecret['label'], RejectReason> {
  const query = new URL(url).searchParams
  const given = parameterNames(settings).flatMap((name) => query.getAll(name))
  if (given.length === 0) return err('missing_header')
  const matches = secrets.filter(({ secret }) => given.filter((text) => timingSafeEqual(utf8(secret), utf8(text))).length > 0)
  return matches[0] ? ok(matches[0].label) : err('no_match')
}

async function verifyBearer(input: SchemeInput, audiences: readonly string[]): Promise<Result<EntraToken, RejectReason>> {
  const header = input.headers.get('authorization')
  if (header === null) return err('missing_header')
  const text = /^bearer +(\S+)$/i.exec(header)?.[1]
  const tenants = listSetting(input.settings, 'tenantId')
  // Anybody's tenant would do otherwise, and any of its applications can ask Entra for a token for us.
  if (tenants.length === 0) return err('unusable_secret')
  return text === undefined
    ? err('malformed_header')
    : verifyEntraToken(text, { audiences, tenants, callers: callers(input.settings) }, input)
}

function parameterNames(settings: ProviderSettings): readonly string[] {
  const named = listSetting(settings, 'tokenParameter')
  return named.length === 0 ? PARAMETERS : named
}

/** The application that delivers; the setting is for national clouds and for delivery under an identity of one's own. */
function callers(settings: ProviderSettings): readonly string[] {
  const named = listSetting(settings, 'senderAppId')
  return named.length === 0 ? [EVENT_GRID] : named
}
