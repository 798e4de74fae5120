import type { SignatureScheme } from '../../../contracts/preset.ts'
import { utf8 } from '../../../core/bytes.ts'
import { parseJson } from '../../parsed-body.ts'
import type { SignedRequest, SignInput } from '../../types.ts'
import { bodyContent, fillTemplate, joinContent } from './content.ts'
import { beginHash, encodeSignature, isHash } from './keyed-hash.ts'
import { signPrivateKey } from './public-key.ts'
import { formatTimestamp } from './timestamps.ts'
import { wayToSign } from './ways.ts'

/** The request that `verify` accepts. Several secrets make several signatures, where the format has room for them. */
export async function signSignature(scheme: SignatureScheme, input: SignInput): Promise<SignedRequest> {
  const { timestamp } = scheme
  const timestampText = timestamp === null ? '' : formatTimestamp(input.timestamp, timestamp.unit)
  const rawBody = timestamp?.from.kind === 'body' ? withTime(input, timestamp.from.path, timestamp.unit) : input.rawBody
  const headers: Record<string, string> = { ...input.headers }
  if (timestamp?.from.kind === 'header') headers[timestamp.from.names[0]!] = timestampText
  for (const required of scheme.requiredHeaders ?? []) {
    const value = 'value' in required ? required.value : input.settings[required.setting]
    if (value === undefined) throw new Error(`the setting that ${required.name} repeats is missing`)
    headers[required.name] = [value].flat()[0]!
  }
  const signatures: string[] = []
  for (const secret of input.secrets) signatures.push(await signOne(scheme, input, { secret, timestampText, rawBody, headers }))
  if (signatures.length === 0) throw new Error('signing needs a secret')
  return { url: input.url, headers: { ...headers, ...signatureHeaders(scheme, signatures, timestampText) }, rawBody }
}

interface Signing {
  secret: string
  timestampText: string
  rawBody: Uint8Array<ArrayBuffer>
  headers: Record<string, string>
}

/** One signature as it stands in the header, with its prefix or name. */
async function signOne(scheme: SignatureScheme, input: SignInput, signing: Signing): Promise<string> {
  const { scheme: way, secret } = wayToSign(scheme, signing.secret)
  const signature = encodeSignature(await signContent(way, input, { ...signing, secret }), scheme.encoding)
  switch (way.format.kind) {
    case 'whole':
      return `${way.format.prefix}${signature}`
    case 'pairs':
      return `${way.format.name}=${signature}`
    case 'positional':
      return signature
  }
}

async function signContent(scheme: SignatureScheme, input: SignInput, signing: Signing): Promise<Uint8Array> {
  const { algorithm } = scheme
  const { secret, timestampText, rawBody } = signing
  const { method, url, settings } = input
  const headers = { get: (name: string) => signing.headers[name] ?? null }
  const content = fillTemplate(scheme.template, { timestampText, secret, method, url, settings, headers })
  if (content === undefined) throw new Error(`a header or setting that is signed is missing: ${scheme.template}`)
  const body = bodyContent(scheme.template, rawBody)
  if (!isHash(algorithm)) {
    return signPrivateKey(algorithm, secret, joinContent(content, body))
  }
  const hash = beginHash(algorithm, secret)
  if (hash === undefined) throw new Error('this secret cannot be a key of the scheme')
  for (const piece of [content.head, body, content.tail]) hash.update(piece)
  return hash.digest()
}

function signatureHeaders(scheme: SignatureScheme, signatures: readonly string[], timestampText: string): Record<string, string> {
  const { format, headers, timestamp } = scheme
  const [name = ''] = headers
  switch (format.kind) {
    case 'whole': {
      if (format.separator !== undefined) return { [name]: signatures.join(format.separator) }
      if (signatures.length > headers.length) throw new Error('this sender has no room for so many signatures')
      return Object.fromEntries(signatures.map((value, i) => [headers[i]!, value]))
    }
    case 'pairs': {
      const time = timestamp?.from.kind === 'pair' ? [`${timestamp.from.name}=${timestampText}`] : []
      return { [name]: [...time, ...signatures].join(format.separator) }
    }
    case 'positional':
      return { [name]: [timestampText, ...signatures].join(format.separator) }
  }
}

type Unit = NonNullable<SignatureScheme['timestamp']>['unit']

/** The JSON body with the time where the sender puts it. */
function withTime({ rawBody, timestamp }: SignInput, path: string, unit: Unit): Uint8Array<ArrayBuffer> {
  const json = parseJson(rawBody)
  if (json === null || typeof json !== 'object') throw new Error('the time is signed inside a JSON body')
  const steps = path.split('.')
  const last = steps.pop()!
  let place = json as Record<string, unknown>
  for (const step of steps) place = (place[step] ??= {}) as Record<string, unknown>
  const text = formatTimestamp(timestamp, unit)
  place[last] = unit === 'seconds' || unit === 'milliseconds' ? Number(text) : text
  return utf8(JSON.stringify(json))
}
