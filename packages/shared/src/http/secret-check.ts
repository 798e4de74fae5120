import { secretRef } from '../contracts/config.ts'
import { checkSecret } from '../secrets/check.ts'
import { secretsKeysOf } from '../secrets/envelope.ts'
import { readJson } from './read-json.ts'

/** Ten versions of the longest values, sealed, bytes. */
const MAX_REF_BYTES = 524_288

/**
 * What a Worker answers control, by a service binding that no host leads to, about a secret: whether it can read it. `env` is its
 * own environment; the request has the reference, without any value in the clear.
 */
export async function answerSecretCheck(
  request: Request,
  env: Readonly<Record<string, unknown>> & { SECRETS_KEY: string; SECRETS_KEY_PREVIOUS?: string | undefined },
  now: number,
): Promise<Response> {
  const ref = secretRef.parse(await readJson(request, MAX_REF_BYTES))
  return Response.json(await checkSecret(ref, { secretsKey: secretsKeysOf(env), env, now }))
}
