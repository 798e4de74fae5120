import type { JobCreated, JobPage, JobView } from '@orchestrator/shared/contracts/execution-api'
import type { Delayed, JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { testClient } from './clients.ts'
import { type ExecuteProblem, executeStack, type ExecuteStackOptions } from './execute.ts'

/** A message that the API sent. */
export interface SentJob extends Delayed<JobMessage> {
  queue: QueueName
}

export interface JobsAnswer {
  status: number
  headers: Headers
  /** The body, as what the endpoint or a problem is. */
  json: Omit<JobView, 'status'> & JobPage & Omit<ExecuteProblem, 'status' | 'attempts'> & { status: unknown; jobs: JobCreated[] }
}

const QUEUES = ['webhook', 'critical', 'default', 'low'] as const

/** A client with a connector of its own and queues that keep what is sent. `queuesFail` has them refuse it. */
export async function jobsStack({
  queuesFail = false,
  ...options
}: Omit<ExecuteStackOptions, 'config'> & { queuesFail?: boolean } = {}) {
  const [mine, another] = [await testClient(options.client), await testClient()]
  const sent: SentJob[] = []
  const batches: number[] = []
  const queueOf = (queue: QueueName) => ({
    async sendBatch(messages: Delayed<JobMessage>[]) {
      if (queuesFail) throw new Error('the queue is down')
      batches.push(messages.length)
      sent.push(...messages.map(({ body, delaySeconds }) => ({ queue, body, delaySeconds })))
    },
  })
  const queues = Object.fromEntries(QUEUES.map((queue) => [`${queue.toUpperCase()}_QUEUE`, queueOf(queue)]))
  const one = await executeStack({
    ...options,
    client: mine.client,
    config: { clients: [mine.client, another.client] },
    env: { ...queues, ...options.env },
  })

  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<JobsAnswer> => {
    const given = { authorization: `Bearer ${mine.key}`, 'content-type': 'application/json', ...headers }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await one.send({ method, headers: given, ...(body === undefined ? {} : { body: text }) }, path)
    const answer = await response.text()
    return { status: response.status, headers: response.headers, json: JSON.parse(answer) as JobsAnswer['json'] }
  }
  return {
    ...one,
    sent,
    /** Messages of each `sendBatch`. */
    batches,
    request: ask,
    /** The same as another client. */
    requestOfAnother: (method: string, path: string) => ask(method, path, undefined, { authorization: `Bearer ${another.key}` }),
    execute: (headers: Record<string, string>) => one.ask(one.call, { authorization: `Bearer ${mine.key}`, ...headers }),
    /** `POST /jobs` of the connector's `echo`, changed. */
    post: (changes: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
      ask('POST', '/jobs', { ...one.call, ...changes }, headers),
    view: async (id: string) => (await ask('GET', `/jobs/${id}`)).json,
  }
}
