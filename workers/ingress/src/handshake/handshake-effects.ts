import { changeConfig, type ChangeContext } from '@orchestrator/shared/config/change'
import { contentOf } from '@orchestrator/shared/config/revision'
import type { Provider } from '@orchestrator/shared/contracts/config'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { sealSecret } from '@orchestrator/shared/secrets/envelope'
import type { RequestTools } from '../deps.ts'
import type { Env } from '../env.ts'
import type { HandshakeEffects } from '../inbox/deps.ts'
import { storeToken } from './store-token.ts'

/** Asana waits 10 s for the answer, Notion and SNS longer. */
const EFFECT_DEADLINE_MS = 8_000

/** The effects on real bindings. What cannot be kept is answered 503, so that the sender's handshake fails visibly. */
export function createHandshakeEffects(env: Env, { logger, requestId }: RequestTools): HandshakeEffects {
  const by = (): ChangeContext => ({
    at: Date.now(),
    actor: { kind: 'system', id: 'ingress' },
    role: null,
    door: 'system',
    ip: null,
    requestId,
  })
  const onMirrorFailure = (error: unknown) =>
    logger.log('warn', 'R2 has not the newest configuration', { cause: errorMessage(error) })
  return {
    storeSecret: (provider, secret) => done('the secret', storeSecret(env, by(), provider, secret, onMirrorFailure)),
    showToken: (provider, token) => done('the token', storeToken(env, provider.id, token, Date.now())),
    confirm: (url) => done('the confirmation', confirm(url)),
  }
}

async function done<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await withDeadline(work, EFFECT_DEADLINE_MS, what)
  } catch (error) {
    throw new AppError('unavailable', 'The handshake could not be completed. Please try again.', { cause: error })
  }
}

/** The secret becomes the provider's, unless it has one by now: nobody may replace it by asking. */
async function storeSecret(
  env: Env,
  by: ChangeContext,
  { id }: Provider,
  secret: string,
  onMirrorFailure: (error: unknown) => void,
): Promise<boolean> {
  const name = `handshake-${id}`
  const sealed = await sealSecret(env.SECRETS_KEY, name, 1, secret)
  const changed = await changeConfig<boolean>(
    env,
    by,
    (current) => {
      const content = contentOf(current)
      const provider = content.providers.find((each) => each.id === id)
      const free = provider?.secret === null && !content.secrets.some((each) => each.name === name)
      const audit = {
        action: 'secret.received' as const,
        target: `secret:${name}`,
        reason: `handshake of ${id}`,
        before: null,
        after: null,
      }
      if (!free) return { content, audit, value: false }
      const versions = [{ version: 1, ...sealed, validUntil: null, createdAt: by.at }]
      return {
        content: {
          ...content,
          secrets: [...content.secrets, { name, source: 'stored' as const, versions }],
          providers: content.providers.map((each) => (each.id === id ? { ...each, secret: name } : each)),
        },
        audit,
        value: true,
      }
    },
    { onMirrorFailure },
  )
  return changed.value
}

/** The address was pinned to the sender's host when it was read. */
async function confirm(url: string): Promise<void> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(EFFECT_DEADLINE_MS) })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the sender answered ${response.status} to its own confirmation`)
}
