/** What is done with secrets beside writing them (`config-api.ts`). No value ever stands in an answer. */
import * as z from 'zod'
import { changed } from './config-api.ts'
import { replayRequest } from './control-api.ts'

/**
 * `missing`: nothing stands there. `unreadable`: something does, but it cannot be opened with the keys that the Worker has, or the
 * Secrets Store does not answer. `refused`: a value of development in production.
 */
export const secretState = z.enum(['resolves', 'missing', 'unreadable', 'refused'])
export type SecretState = z.infer<typeof secretState>

/** What one Worker makes of a secret: never the value, nor anything made of it. */
export const secretStanding = z.object({
  current: secretState,
  /** Of several previous values the worst; null when there is none. */
  previous: secretState.nullable(),
})
export type SecretStanding = z.infer<typeof secretStanding>

/** `POST /v1/secrets/:name/verify`: whether each Worker can read it. */
export const secretVerification = z.object({
  name: z.string(),
  /** Every Worker that needs it can read its current value. */
  ok: z.boolean(),
  workers: z.array(
    z.object({
      worker: z.enum(['ingress', 'execution', 'control']),
      /** Ingress needs what providers sign with, execution the credentials of connectors. Control needs none; without a value it cannot try out requests. */
      needed: z.boolean(),
      /** Null when the Worker could not be asked. */
      standing: secretStanding.nullable(),
    }),
  ),
})
export type SecretVerification = z.infer<typeof secretVerification>

/** `POST /v1/secrets/rekey`: seals everything anew under the current `SECRETS_KEY`. */
export const rekeyRequest = z.strictObject({ reason: replayRequest.shape.reason })
export type RekeyRequest = z.infer<typeof rekeyRequest>

export const rekeyed = z.object({
  /** Values that were sealed anew: versions of `stored` secrets, and tokens that senders showed. */
  sealed: z.object({ versions: z.int(), handshakeTokens: z.int() }),
  /** Values under the current key already. */
  alreadyCurrent: z.int(),
  /** What neither key opens, by name: `stripe (version 2)`, `handshake-token:notion`. It is left as it is. */
  unreadable: z.array(z.string()),
  /** Values that still need the previous key. At 0, it can be taken away. */
  left: z.int(),
  ...changed,
})
export type Rekeyed = z.infer<typeof rekeyed>
