import { seedConfig } from '@orchestrator/dev/runtime/seed-config'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import type { Alone } from '@orchestrator/dev/runtime/start-alone'
import { CLIENT_KEY } from '@orchestrator/dev/values'
import { publishConfig } from '@orchestrator/shared/config/publish'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { connector, operation } from '@orchestrator/shared/contracts/connector'
import { policyInput } from '@orchestrator/shared/contracts/policy-input'

/** `steady` gets the critical jobs, `busy` and `hanging` those of the flood; `hanging` never answers. */
export const CONNECTORS = ['steady', 'busy', 'hanging'] as const
export type ConnectorName = (typeof CONNECTORS)[number]

/** An attempt of the connector that hangs is given up after this, ms. It has no breaker: that would end the trouble too soon. */
const HANGING_ATTEMPT_MS = 5_000
/** The upstream that hangs answers when nobody listens any more, ms. */
const HANG_MS = 15_000

const BATCH = 250

/** Calls that upstreams have received: when each began, by the id in its input. */
export class Upstreams {
  readonly begun: Record<ConnectorName, Map<string, number>> = { steady: new Map(), busy: new Map(), hanging: new Map() }

  /** Answers a call of the Worker; for `startAlone`. */
  async answer(url: string, body: string): Promise<string | undefined> {
    const name = CONNECTORS.find((one) => new URL(url).host === `${one}.localhost`)
    if (!name) return undefined
    const { id } = JSON.parse(body) as { id: string }
    this.begun[name].set(id, performance.now())
    if (name === 'hanging') await new Promise((resolve) => setTimeout(resolve, HANG_MS).unref())
    return '{}'
  }
}

/** Publishes the connectors, beside what development has. */
export async function publishConnectors(bindings: ConfigBindings, port: number): Promise<void> {
  const content = seedConfig(port, { version: 1, iv: '', ciphertext: '', validUntil: null })
  content.connectors = CONNECTORS.map((id) =>
    connector.parse({
      id,
      baseUrl: `http://${id}.localhost`,
      auth: { kind: 'none' },
      headers: {},
      policy: id,
      responseLimitBytes: 1_024,
    }),
  )
  content.operations = CONNECTORS.map((id) =>
    operation.parse({ connector: id, name: 'call', method: 'PUT', path: '/', body: '$' }),
  )
  content.policies = CONNECTORS.map((id) =>
    policyInput.parse(
      id === 'hanging' ? { id, timeout: { perAttemptMs: HANGING_ATTEMPT_MS, totalMs: 3_600_000 }, circuitBreaker: null } : { id },
    ),
  )
  content.routes = []
  await publishConfig(bindings, content, { author: 'bench', reason: 'connectors of a benchmark', now: Date.now() })
}

/** Makes jobs by the API; answers when they are accepted. */
export async function createJobs(
  { port }: Pick<Alone, 'port'>,
  queue: 'critical' | 'low',
  jobs: readonly { connector: ConnectorName; id: string }[],
): Promise<void> {
  const requests = jobs.map(({ connector, id }) => ({ connector, operation: 'call', input: { id }, queue }))
  for (let i = 0; i < requests.length; i += BATCH) {
    const body = JSON.stringify({ jobs: requests.slice(i, i + BATCH) })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${CLIENT_KEY}` }
    const url = `http://execution.localhost:${port}/jobs/batch`
    const response = await localFetch(url, { method: 'POST', headers, body, timeoutMs: 60_000 })
    const answer = await response.text()
    if (response.status !== 202) throw new Error(`/jobs/batch answered ${response.status}: ${answer}`)
  }
}
