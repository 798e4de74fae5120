import type {
  Algorithm,
  CodeScheme,
  DedupeRule,
  FactSource,
  Preset,
  SignatureScheme,
} from '@orchestrator/shared/contracts/preset'

/** How a sender signs, in a few words made of the preset's data. Markdown. */
export function howItSigns({ verification }: Preset): string {
  switch (verification.scheme) {
    case 'signature':
      return signature(verification)
    case 'token':
      return `shared token: ${verification.from.map(placeOfToken).join(', or ')}`
    case 'jwt': {
      const { header, algorithms, keys, checks, maxAgeSeconds } = verification
      const hashes = checks.flatMap((check) =>
        check.kind === 'hash' ? `hash of the ${check.of === 'url' ? 'address' : 'body'}` : [],
      )
      const held = hashes.length === 0 ? '' : ` with a ${hashes.join(' and a ')}`
      const key = { secret: 'shared secret', 'public-key': 'configured public key', jwks: 'key set', plaid: 'key from its API' }[
        keys.kind
      ]
      const age = maxAgeSeconds === undefined ? '' : `; at most ${maxAgeSeconds} s old`
      return `JSON Web Token (${algorithms.join(', ')}, ${key}) in \`${header}\`${held}${age}`
    }
    case 'none':
      return 'not at all'
    default:
      return BY_CODE[verification.scheme]
  }
}

/** The schemes that are modules of their own. */
const BY_CODE: Readonly<Record<CodeScheme['scheme'], string>> = {
  'adyen-payments': 'HMAC-SHA-256 over eight fields of each item, inside the item',
  'aws-sns': 'RSA over the message’s fields, inside the JSON; certificate from SNS, topic as configured',
  'azure-event-grid': 'secret in the address, token of Entra ID, or both',
  braintree: 'HMAC-SHA-1 over `bt_payload`, beside it in the form',
  contentful: 'HMAC-SHA-256 over method, path, listed headers and body, in `x-contentful-signature`',
  'dropbox-sign': 'HMAC-SHA-256 over time and type, inside the event',
  mailgun: 'HMAC-SHA-256 over time and token, inside the body',
  mandrill: 'HMAC-SHA-1 over address and form fields, in `x-mandrill-signature`',
  'microsoft-graph': 'shared client state in every notification; tokens of Entra ID with resource data',
  'paddle-classic': 'RSA-SHA-1 over the serialised form fields, beside them in the form',
  paypal: 'RSA-SHA-256 over id, time, webhook id and CRC-32 of the body, in headers; certificate from PayPal',
  twilio: 'HMAC-SHA-1 over address and form fields, in `x-twilio-signature`',
}

function signature({ algorithm, alternatives = [], template, headers, timestamp }: SignatureScheme): string {
  const [header = '', ...others] = headers
  const more = others.length === 0 ? '' : others.length === 1 ? ` or \`${others[0]}\`` : ` (and ${others.length} more)`
  const ways = [...new Set([algorithm, ...alternatives.map((way) => way.algorithm)].map(nameOf))]
  const within = timestamp === null ? '' : `; within ${timestamp.tolerance.pastSeconds} s`
  return `${ways.join(' or ')} over \`${template}\`, in \`${header}\`${more}${within}`
}

function nameOf(algorithm: Algorithm): string {
  switch (algorithm.kind) {
    case 'hmac':
      return `HMAC-${algorithm.hash}`
    case 'digest':
      return algorithm.hash
    case 'ed25519':
      return 'Ed25519'
    case 'ecdsa-p256':
      return 'ECDSA P-256'
    case 'rsa':
      return `RSA-${algorithm.hash}`
  }
}

function placeOfToken(place: Extract<Preset['verification'], { scheme: 'token' }>['from'][number]): string {
  switch (place.kind) {
    case 'header':
      return `\`${place.name}\`${place.prefix === undefined ? '' : ` after \`${place.prefix.trim()}\``}`
    case 'query':
      return `parameter \`${place.name}\``
    case 'basic':
      return 'Basic credentials'
    case 'body':
      return `\`${place.path}\` in the body`
  }
}

/** What makes two deliveries the same. */
export function howDuplicatesAreTold(rule: DedupeRule): string {
  switch (rule.by) {
    case 'id':
      return 'event id'
    case 'body':
      return `body${rule.per === undefined ? '' : ` and ${factName(rule.per)}`}${rule.windowMs === undefined ? '' : `, for ${rule.windowMs / 1000} s`}`
    case 'id-and-body':
      return `event id, or body${rule.per === undefined ? '' : ` and ${factName(rule.per)}`}`
    case 'fields':
      return rule.fields.map(factName).join(', ')
    case 'id-and-fields':
      return `event id, or ${rule.fields.map(factName).join(', ')}`
  }
}

function factName(fact: FactSource): string {
  switch (fact.kind) {
    case 'first':
    case 'join':
      return fact.of.map(factName).join(fact.kind === 'join' ? ' with ' : ' or ')
    case 'claim':
      return fact.name === 'signed' ? 'what is signed' : `\`${fact.name}\``
    case 'key':
      return 'first key'
    case 'constant':
      return fact.value
    case 'body':
      return `\`${fact.path}\``
    default:
      return `\`${fact.name}\``
  }
}
