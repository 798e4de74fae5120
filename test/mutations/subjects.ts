import type { Preset } from '@orchestrator/shared/contracts/preset'
import { alternativeSecretFor, type PresetSecret, secretFor } from '@orchestrator/shared/testing/preset-secrets'
import { findSenderNotes } from '@orchestrator/shared/verification/presets/guides'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
import { sign } from '@orchestrator/shared/verification/sign'
import { verify } from '@orchestrator/shared/verification/verify'
import { places, readerOf } from './covered.ts'
import type { Targets } from './mutate.ts'
import { type Reader, textOf, type Wire } from './reading.ts'

const SIGNED_AT = 1_760_000_000

/** One sender's sample, validly signed, and what of it is worth changing. */
export interface Subject {
  name: string
  preset: Preset
  request: Wire
  read: Reader
  targets: Targets
  /** `accepted`, or the reason of the refusal. Never throws unless `verify` does. */
  judge: (request: Wire) => Promise<string>
}

/** Every preset, and those that sign in a second way once more. */
export async function makeSubjects(): Promise<Subject[]> {
  const subjects: Subject[] = []
  for (const preset of PRESETS) {
    subjects.push(await makeSubject(preset.id, preset, await secretFor(preset)))
    const alternative = await alternativeSecretFor(preset)
    if (alternative) subjects.push(await makeSubject(`${preset.id} in its other way`, preset, alternative))
  }
  return subjects
}

async function makeSubject(name: string, preset: Preset, secret: PresetSecret): Promise<Subject> {
  const { configure, settings, fetchKey } = secret
  const request = await signSample(preset, secret)
  const secrets = configure === null ? [] : [{ label: 'current' as const, secret: configure }]
  const { headers, body, url, method } = places(preset, settings, request)
  return {
    name,
    preset,
    request,
    read: readerOf(preset, settings),
    targets: { headers, body, spans: body ? spansOf(preset, request) : [], url, method },
    judge: async ({ body: rawBody, ...changed }) => {
      const input = { preset, ...changed, rawBody, secrets, settings, now: SIGNED_AT * 1000, fetchKey }
      const verdict = await verify(input)
      return verdict.ok ? 'accepted' : verdict.error
    },
  }
}

/** With a query, so that senders who sign the address sign one that has parts. */
async function signSample(preset: Preset, { signWith, settings }: PresetSecret): Promise<Wire> {
  const { body, contentType, headers, query } = findSenderNotes(preset.id)!.sample
  const search = ['tenant=a', 'Name=two%20words', 'empty=', ...(query === undefined ? [] : [query])].join('&')
  const [method = 'POST'] = preset.methods
  const signed = await sign({
    preset,
    method,
    url: `https://ingress.example.test/webhooks/${preset.id}?${search}`,
    rawBody: new TextEncoder().encode(body),
    contentType,
    headers: { 'content-type': contentType, ...headers },
    secrets: signWith,
    settings,
    timestamp: SIGNED_AT,
  })
  return { method, url: signed.url, headers: new Headers(signed.headers), body: signed.rawBody }
}

/** Where in a body that is covered in part stand the texts that are: there mutations are worth most. */
const COVERED_IN_PART: Readonly<Record<string, readonly string[]>> = {
  'adyen-payments': ['pspReference', 'merchantReference', 'value', 'currency', 'eventCode', 'success', 'hmacSignature'],
  'dropbox-sign': ['event_time', 'event_type', 'event_hash'],
  mailgun: ['"timestamp":"', 'token', '"signature":"'],
  'microsoft-graph': ['clientState'],
  'aws-sns': ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type', 'Signature', 'SignatureVersion'],
  braintree: ['bt_payload', 'bt_signature'],
}

function spansOf({ verification }: Preset, request: Wire): [number, number][] {
  const text = textOf(request)
  return (COVERED_IN_PART[verification.scheme] ?? []).flatMap((name): [number, number][] => {
    const at = text.indexOf(name)
    if (at < 0) return []
    const end = text.slice(at + name.length + 3).search(/["&]/)
    return [[at, end < 0 ? text.length : at + name.length + 4 + end]]
  })
}
