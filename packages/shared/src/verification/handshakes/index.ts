/**
 * Questions of senders whether we are there, and ours to answer before any event comes. Pure: what has to be done besides answering
 * is in the outcome.
 */
import type { HandshakeName, Preset } from '../../contracts/preset.ts'
import { asana } from './asana.ts'
import { awsSns } from './aws-sns.ts'
import { braintree } from './braintree.ts'
import { cloudevents } from './cloudevents.ts'
import { discord } from './discord.ts'
import { dropbox } from './dropbox.ts'
import { eventGrid } from './event-grid.ts'
import { meta } from './meta.ts'
import { microsoftGraph } from './microsoft-graph.ts'
import { notion } from './notion.ts'
import { okta } from './okta.ts'
import { get, head } from './presence.ts'
import { slack } from './slack.ts'
import { twitch } from './twitch.ts'
import type { Handshake, HandshakeInput, HandshakeOutcome } from './types.ts'
import { woocommerce } from './woocommerce.ts'
import { xCrc } from './x-crc.ts'
import { zoom } from './zoom.ts'

export type { HandshakeInput, HandshakeOutcome, HandshakeReply } from './types.ts'

const BY_NAME: Record<HandshakeName, Handshake> = {
  slack,
  meta,
  'x-crc': xCrc,
  zoom,
  'microsoft-graph': microsoftGraph,
  dropbox,
  discord,
  asana,
  okta,
  head,
  get,
  'event-grid': eventGrid,
  'aws-sns': awsSns,
  twitch,
  cloudevents,
  notion,
  braintree,
  woocommerce,
}

/**
 * The answer to a handshake of this sender, or `undefined` where the request is none. Asked twice: before the signature check, when
 * only what the sender never signs is answered, and after it.
 */
export async function answerHandshake(preset: Preset, input: HandshakeInput): Promise<HandshakeOutcome | undefined> {
  for (const name of preset.handshakes) {
    const handshake = BY_NAME[name]
    if (handshake.method !== input.method || isProven(handshake, input) !== input.verified) continue
    const outcome = handshake.answer(input)
    if (outcome !== undefined) return outcome
  }
  return undefined
}

/** Whether this handshake waits for the signature check. */
function isProven({ proof }: Handshake, { hasSecret, settings }: HandshakeInput): boolean {
  if (proof === 'if-configured') return hasSecret || Object.keys(settings).length > 0
  return proof === 'signature'
}

/** The methods that a preset's handshakes come by, beyond those that carry events. */
export function handshakeMethods(preset: Preset): string[] {
  const methods = new Set<string>(preset.handshakes.map((name) => BY_NAME[name].method))
  return [...methods].filter((method) => !(preset.methods as readonly string[]).includes(method))
}
