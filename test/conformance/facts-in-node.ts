import { SECRETS_KEY } from '@orchestrator/dev/values'
import { type EventFacts, readEventFacts } from '@orchestrator/shared/verification/event-facts'
import { parseBody } from '@orchestrator/shared/verification/parsed-body'
import { presetOf } from '@orchestrator/shared/verification/preset-of'
import { verify } from '@orchestrator/shared/verification/verify'
import { configureSender, type Sender } from '../support/configure-sender.ts'
import type { SenderHost, SentRequest } from '../support/ingress.ts'

/** What the preset says of an accepted request, worked out here: id and type as ingress should have stored them. */
export async function factsInNode(request: SentRequest, sender: Sender, host: SenderHost): Promise<EventFacts> {
  const { provider } = await configureSender(sender, 'in-node', SECRETS_KEY)
  const preset = presetOf(provider)
  if (preset === undefined) throw new Error(`there is no preset ${sender.preset}`)
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) for (const line of [value].flat()) headers.append(name, line)
  const rawBody = new Uint8Array(request.body)
  const [current, ...previous] = sender.secrets
  const verdict = await verify({
    preset,
    method: request.method,
    url: request.url,
    headers,
    rawBody,
    secrets: [
      ...(current === undefined ? [] : [{ label: 'current' as const, secret: current }]),
      ...previous.map((secret) => ({ label: 'previous' as const, secret })),
    ],
    settings: provider.settings,
    now: Date.now(),
    fetchKey: async ({ url, body = '' }) => host(url, body),
  })
  const body = await parseBody(headers.get('content-type'), rawBody)
  return readEventFacts(preset, { body, headers, url: request.url, claims: verdict.ok ? verdict.value.claims : undefined })
}
