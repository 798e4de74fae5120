import type { Preset } from '@orchestrator/shared/contracts/preset'
import { alternativeSecretFor, type PresetSecret, secretFor } from '@orchestrator/shared/testing/preset-secrets'
import { signSample } from '@orchestrator/shared/testing/sign-sample'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
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
  // With a query, so that senders who sign the address sign one that has parts.
  const query = 'tenant=a&Name=two%20words&empty='
  const { headers: sent, rawBody, ...signed } = await signSample(preset, secret, { timestamp: SIGNED_AT, query })
  const request: Wire = { ...signed, headers: new Headers(sent), body: rawBody }
  const secrets = configure === null ? [] : [{ label: 'current' as const, secret: configure }]
  const { headers, body, url, method } = places(preset, settings, request)
  return {
    name,
    preset,
    request,
    read: readerOf(preset, settings),
    targets: { headers, body, spans: body ? spansOf(preset, request) : [], url, method },
    judge: async ({ body: bytes, ...changed }) => {
      const input = { preset, ...changed, rawBody: bytes, secrets, settings, now: SIGNED_AT * 1000, fetchKey }
      const verdict = await verify(input)
      return verdict.ok ? 'accepted' : verdict.error
    },
  }
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
