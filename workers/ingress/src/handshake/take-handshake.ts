import { answerHandshake, type HandshakeInput, type HandshakeReply } from '@orchestrator/shared/verification/handshakes/index'
import { assertNever } from '@orchestrator/shared/core/result'
import type { ParsedBody } from '@orchestrator/shared/verification/parsed-body'
import type { SigningSecret } from '@orchestrator/shared/verification/types'
import type { Admitted } from '../inbox/admit.ts'
import type { HandshakeEffects } from '../inbox/deps.ts'
import { type AcceptOutcome, unverified } from '../inbox/outcome.ts'

/** A request that may be a handshake: looked into, and after the signature check `verified`. */
export interface HandshakeRequest extends Admitted {
  body: ParsedBody
  rawBody: Uint8Array<ArrayBuffer>
  secrets: readonly SigningSecret[]
  now: number
  verified: boolean
}

/** Answers a sender that asks whether we are there; `undefined`: it is no handshake. What must be kept is kept before the answer. */
export async function takeHandshake(request: HandshakeRequest, effects: HandshakeEffects): Promise<AcceptOutcome | undefined> {
  const { delivery, provider, preset, body, rawBody, secrets, now, verified } = request
  if (preset.handshakes.length === 0) return undefined
  const { method, url, headers } = delivery
  const { settings } = provider
  const input: HandshakeInput = {
    method,
    url,
    headers,
    body,
    rawBody,
    secrets,
    settings,
    now,
    verified,
    hasSecret: provider.secret !== null,
  }
  const answer = await answerHandshake(preset, input)
  if (answer === undefined) return undefined
  switch (answer.kind) {
    case 'reply':
      return outcome(answer.reply)
    case 'refuse':
      return unverified(preset, 'handshake_refused')
    case 'store-secret':
      if (await effects.storeSecret(provider, answer.secret)) return outcome(answer.reply)
      return unverified(preset, 'handshake_refused')
    case 'show-token':
      await effects.showToken(provider, answer.token)
      return outcome(answer.reply)
    case 'confirm':
      await effects.confirm(answer.url)
      return outcome(answer.reply)
    default:
      return assertNever(answer)
  }
}

function outcome({ status, headers, body }: HandshakeReply): AcceptOutcome {
  return { outcome: 'handshake', status, headers, body }
}
