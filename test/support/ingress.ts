import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAlone } from '@orchestrator/dev/runtime/start-alone'
import { SECRETS_KEY } from '@orchestrator/dev/values'
import { publishConfig } from '@orchestrator/shared/config/publish'
import { EMPTY_CONTENT } from '@orchestrator/shared/config/revision'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { configureSender, type Sender } from './configure-sender.ts'

const INGRESS = 'orchestrator-ingress'

/** A request as it goes over the wire. Of `url` only the query is ours: the rest is what was registered at the sender. */
export interface SentRequest {
  method: string
  url: string
  /** A list is the same header on that many lines. */
  headers: Readonly<Record<string, string | readonly string[]>>
  body: Uint8Array
}

export interface Stored {
  eventId: string | null
  type: string | null
}

/** What ingress answered. */
export interface IngressResponse {
  status: number
  headers: Headers
  body: string
}

/** What ingress answered, and what it stored. */
export interface Answer extends IngressResponse {
  stored: Stored | null
}

/** What a sender's host answers when it is asked for a key; `undefined`: 404. */
export type SenderHost = (url: string, body: string) => string | undefined | Promise<string | undefined>

export interface TestIngress {
  /** Publishes a configuration of these senders, by provider id, and of nothing else. */
  configure(senders: readonly (readonly [id: string, sender: Sender])[]): Promise<void>
  /** Posts to a provider. */
  send(provider: string, request: SentRequest): Promise<IngressResponse>
  /** What providers have in their inboxes: of each the webhook that was stored first. Looking costs more than posting. */
  stored(providers: readonly string[]): Promise<Map<string, Stored>>
  /** Posts to a provider, and looks into its inbox. */
  post(provider: string, request: SentRequest): Promise<Answer>
  stop(): Promise<void>
}

/** The real ingress in workerd. Nothing is reachable from it but the host of senders that the test plays. */
export async function startIngress(host: SenderHost, main?: string): Promise<TestIngress> {
  const stateDir = mkdtempSync(join(tmpdir(), 'orchestrator-ingress-'))
  const options = { ...(main === undefined ? {} : { main }), stateDir, outbound: host }
  const alone = await startAlone(INGRESS, options).catch((error: unknown) => {
    rmSync(stateDir, { recursive: true, force: true })
    throw error
  })
  const { mf, port } = alone
  const db = await mf.getD1Database('DATA_00', INGRESS)
  let published = 0
  const send: TestIngress['send'] = (provider, request) => {
    const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : ''
    return sendBytes(port, `/webhooks/${provider}${query}`, request)
  }
  const stored: TestIngress['stored'] = async (providers) => {
    const { results } = await db
      .prepare(
        `SELECT provider, event_id AS eventId, type FROM inbox
         WHERE provider IN (SELECT value FROM json_each(?)) ORDER BY received_at DESC, id DESC`,
      )
      .bind(JSON.stringify(providers))
      .all<Stored & { provider: string }>()
    return new Map(results.map(({ provider, ...found }) => [provider, found]))
  }
  return {
    send,
    stored,
    async configure(senders) {
      const made = await Promise.all(senders.map(([id, sender]) => configureSender(sender, id, SECRETS_KEY)))
      const content = {
        ...EMPTY_CONTENT,
        providers: made.map(({ provider }) => provider),
        secrets: made.flatMap(({ secret }) => secret ?? []),
      }
      const by = { author: 'tests', reason: 'senders', now: ++published }
      await publishConfig(await mf.getBindings<ConfigBindings>(INGRESS), content, by)
    },
    async post(provider, request) {
      const answer = await send(provider, request)
      return { ...answer, stored: (await stored([provider])).get(provider) ?? null }
    },
    async stop() {
      await alone.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

/** By hand: `fetch` gives no GET a body, joins repeated headers, and encodes addresses anew. */
function sendBytes(port: number, path: string, { method, headers, body }: SentRequest): Promise<IngressResponse> {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((line) => [name, line]))
  const extra = ['host', `127.0.0.1:${port}`]
  if (body.length > 0 || method === 'POST') extra.push('content-length', String(body.length))
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers: [...lines, ...extra], agent: false }
    const outgoing = httpRequest(options, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const answered = new Headers()
        for (const [name, value] of Object.entries(incoming.headers)) if (value !== undefined) answered.set(name, String(value))
        resolve({ status: incoming.statusCode ?? 0, headers: answered, body: Buffer.concat(chunks).toString('utf8') })
      })
    })
    outgoing.on('error', reject)
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error('no answer in time')))
    outgoing.end(body)
  })
}
