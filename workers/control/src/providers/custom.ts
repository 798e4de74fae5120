import type { CustomInput } from '@orchestrator/shared/contracts/config-api'
import type {
  DedupeRule,
  FactSource,
  JwtScheme,
  Preset,
  SignatureScheme,
  Verification,
} from '@orchestrator/shared/contracts/preset'
import type { Issue } from '@orchestrator/shared/core/errors'
import { guardUrl } from '@orchestrator/shared/egress/url-guard'
import { signedHeaders } from '@orchestrator/shared/verification/schemes/signature/content'

/** A custom sender with everything that follows from what was given. */
export function completeCustom(input: CustomInput, providerId: string): Preset {
  const { verification, eventId } = input
  return {
    ...input,
    title: input.title ?? providerId,
    bodyAuthenticated: input.bodyAuthenticated ?? provesBody(verification),
    dedupe: input.dedupe ?? defaultDedupe(verification, eventId),
  }
}

/** Whether what is proven covers the whole body. */
function provesBody(verification: Verification): boolean {
  switch (verification.scheme) {
    case 'signature':
      // A CRC-32 can be had for any body one likes.
      return verification.template.includes('{body}')
    case 'jwt':
      return verification.checks.some((check) => check.kind === 'hash' && check.of === 'body')
    default:
      return false
  }
}

function defaultDedupe(verification: Verification, eventId: FactSource | null): DedupeRule {
  if (eventId === null) return { by: 'body' }
  return isProven(eventId, verification) ? { by: 'id' } : { by: 'id-and-body' }
}

/** Whether a fact stands inside what is signed, so that nobody can change it. */
export function isProven(fact: FactSource, verification: Verification): boolean {
  switch (fact.kind) {
    case 'first':
    case 'join':
      return fact.of.every((one) => isProven(one, verification))
    case 'body':
    case 'form':
    case 'key':
      return provesBody(verification)
    case 'header':
      return verification.scheme === 'signature' && signedHeaders(verification.template).flat().includes(fact.name)
    case 'query':
      return verification.scheme === 'signature' && /\{url(:decoded)?\}/.test(verification.template)
    case 'claim':
      return verification.scheme === 'jwt'
    case 'constant':
      return true
  }
}

/** What a custom sender needs a secret for: nothing, where its keys are public or only its network counts. */
export function customNeedsSecret({ verification }: Preset): boolean {
  return !(verification.scheme === 'none' || (verification.scheme === 'jwt' && verification.keys.kind === 'jwks'))
}

/** Whether the address as it is registered is part of what is proven. */
export function customSignsUrl({ verification }: Preset): boolean {
  if (verification.scheme === 'signature') return /\{url(:decoded)?\}/.test(verification.template)
  if (verification.scheme !== 'jwt') return false
  return verification.checks.some((check) => check.kind === 'url' || (check.kind === 'hash' && check.of === 'url'))
}

/** The settings that it names itself. */
export function customSettings({ verification }: Preset): { name: string; required: boolean }[] {
  if (verification.scheme === 'signature') {
    const inTemplate = [...verification.template.matchAll(/\{setting:([a-zA-Z0-9_]+)\}/g)].map(([, name = '']) => name)
    const inHeaders = (verification.requiredHeaders ?? []).flatMap((header) => ('setting' in header ? header.setting : []))
    return [...inTemplate, ...inHeaders].map((name) => ({ name, required: true }))
  }
  if (verification.scheme !== 'jwt') return []
  return verification.checks.flatMap((check) =>
    check.kind === 'setting' ? { name: check.setting, required: check.otherwise === undefined } : [],
  )
}

const at = (path: string, message: string): Issue => ({ path: `custom.${path}`, message })

/** What is wrong with a custom sender beyond its shape: data that would prove less than it seems to. */
export function checkCustom(custom: Preset): Issue[] {
  const { verification } = custom
  const issues: Issue[] = []
  if (custom.bodyAuthenticated && !provesBody(verification)) {
    issues.push(at('bodyAuthenticated', 'what is verified here does not cover the body'))
  }
  const { body, status } = custom.reply
  if ((status === 204 || status === 205) && body.kind !== 'empty')
    issues.push(at('reply.body', `an answer ${status} has none: empty`))
  if (body.kind === 'text' && !/^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w.-]+)*$/.test(body.contentType)) {
    issues.push(at('reply.body.contentType', 'a media type such as text/plain'))
  }
  switch (verification.scheme) {
    case 'signature':
      return [...issues, ...checkSignature(verification).map(([path, message]) => at(`verification.${path}`, message))]
    case 'jwt':
      return [...issues, ...checkJwt(verification).map(([path, message]) => at(`verification.${path}`, message))]
    case 'token':
    case 'none':
      return issues
    default:
      return [
        ...issues,
        at('verification.scheme', 'signature, token, jwt or none: the others belong to the presets of their senders'),
      ]
  }
}

type Found = [path: string, message: string]

function checkSignature({ algorithm, format, template, timestamp, alternatives = [] }: SignatureScheme): Found[] {
  const found: Found[] = []
  const ways = [{ algorithm, format }, ...alternatives]
  const signsTime = template.includes('{timestamp}')
  if (ways.some((way) => way.algorithm.kind === 'digest') && !template.includes('{secret}')) {
    found.push(['template', 'a plain hash proves nothing unless {secret} is part of what is hashed'])
  }
  if (signsTime && timestamp === null) found.push(['timestamp', '{timestamp} is in the template: say where the time stands'])
  if (timestamp !== null && timestamp.from.kind !== 'body' && !signsTime) {
    found.push(['template', 'the time is not signed, so that anybody could change it: put {timestamp} into the template'])
  }
  if (timestamp?.from.kind === 'body' && !template.includes('{body}')) {
    found.push(['template', 'the time stands in the body: sign the {body}'])
  }
  if (timestamp?.from.kind === 'pair' && ways.some((way) => way.format.kind !== 'pairs'))
    found.push(['timestamp.from', 'only named pairs hold a time of this kind'])
  if (ways.some((way) => (timestamp?.from.kind === 'position') !== (way.format.kind === 'positional'))) {
    found.push(['timestamp.from', 'a positional format has the time first, and no other format has'])
  }
  return found
}

function checkJwt({ keys, checks }: JwtScheme): Found[] {
  const found: Found[] = []
  if (keys.kind === 'plaid') found.push(['keys', 'this way of fetching keys belongs to the preset of its sender'])
  if (keys.kind === 'jwks') {
    const guarded = guardUrl(keys.url, 'production')
    if (!guarded.ok) found.push(['keys.url', `may not be called: ${guarded.error.replaceAll('_', ' ')}`])
    if (checks.length === 0) {
      found.push(['checks', 'anybody with a token of this issuer would be believed: check at least its audience'])
    }
  }
  return found
}
