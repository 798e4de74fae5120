/** What of control is measured while something fails, and what fails. Used by control.test.ts, and so by `pnpm bench:blast`. */
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { type Person, token } from '../support/control.ts'
import type { FaultState } from './workers/faults.ts'

export type FaultyWorker = 'ingress' | 'execution' | 'control'
export type Faults = Partial<Record<FaultyWorker, Partial<FaultState>>>

/** Nothing that is asked of control may take longer, whatever fails, ms. */
export const LONGEST_MS = 5_000

const HEALTHY: FaultState = {
  data: 'ok',
  dataOf: 'all',
  control: 'ok',
  r2: 'ok',
  queueSend: 'ok',
  objects: 'ok',
  handlers: 'ok',
  gone: [],
}

export interface Row {
  name: string
  faults: Faults
  /** The components that `/v1/overview` and `/readyz` show as down. */
  down: readonly string[]
  /** The parts that `/v1/overview` cannot have. */
  parts?: readonly string[]
  /** What `GET /v1/breakers` cannot have. */
  breakers?: readonly string[]
}

const everywhere = (faults: Partial<FaultState>): Faults => ({ ingress: faults, execution: faults, control: faults })
const COUNTS = ['deadLetters', 'jobs']
const BACKLOGS = ['queues.critical', 'queues.default', 'queues.low', 'queues.webhook']
const both = (of: (mode: 'throw' | 'hang', verb: string) => Row): Row[] => [of('throw', 'fails'), of('hang', 'hangs')]

/** Each row of the design's table that control outlives (section 1), and each way to fail. */
export const ROWS: readonly Row[] = [
  { name: 'nothing fails', faults: {}, down: [] },
  ...both((handlers, verb) => ({
    name: `every handler of execution ${verb}`,
    faults: { execution: { handlers } },
    down: ['execution'],
    breakers: ['execution'],
  })),
  { name: 'execution is not there', faults: { control: { gone: ['EXECUTION'] } }, down: ['execution'], breakers: ['execution'] },
  { name: 'ingress is not there', faults: { control: { gone: ['INGRESS'] } }, down: ['ingress'] },
  { name: 'every handler of ingress hangs', faults: { ingress: { handlers: 'hang' } }, down: ['ingress'] },
  // Execution cannot work without the database that is written to, and says so.
  ...both((data, verb) => ({
    name: `DATA_00 ${verb}`,
    faults: everywhere({ data, dataOf: 'DATA_00' }),
    down: ['DATA_00', 'execution'],
    parts: COUNTS,
    breakers: ['DATA_00'],
  })),
  ...both((data, verb) => ({
    name: `DATA_01 ${verb}`,
    faults: everywhere({ data, dataOf: 'DATA_01' }),
    down: ['DATA_01'],
    parts: COUNTS,
    breakers: ['DATA_01'],
  })),
  ...both((r2, verb) => ({ name: `R2 ${verb}`, faults: everywhere({ r2 }), down: ['PAYLOADS'] })),
  ...both((queueSend, verb) => ({
    name: `every queue ${verb}`,
    faults: everywhere({ queueSend }),
    down: ['queues'],
    parts: BACKLOGS,
  })),
  ...both((objects, verb) => ({
    name: `every Durable Object ${verb}`,
    faults: everywhere({ objects }),
    down: [],
    breakers: ['execution'],
  })),
]

export interface Timed {
  status: number
  ms: number
  headers: Headers
  body: Record<string, unknown>
}

/** The faults of a stack, and the operators who work meanwhile. */
export class Scene {
  readonly port: number
  readonly #tokens = new Map<Person, string>()

  constructor(port: number) {
    this.port = port
  }

  async inject(faults: Faults): Promise<void> {
    for (const [worker, state] of Object.entries(faults)) {
      const set = { method: 'PUT', body: JSON.stringify(state), timeoutMs: 10_000 }
      const response = await localFetch(`http://${worker}.localhost:${this.port}/__faults`, set)
      if (!response.ok) throw new Error(`the fault could not be set: ${response.status}`)
    }
  }

  heal(): Promise<void> {
    return this.inject(everywhere(HEALTHY))
  }

  /** One request to control, and how long its answer took. */
  async ask(person: Person, call: string, json?: object): Promise<Timed> {
    const [method = 'GET', path = ''] = call.split(' ')
    const headers: Record<string, string> = { 'cf-access-jwt-assertion': await this.#token(person) }
    if (json) headers['content-type'] = 'application/json'
    const startedAt = performance.now()
    const response = await localFetch(`http://control.localhost:${this.port}${path}`, {
      method,
      headers,
      timeoutMs: 30_000,
      ...(json ? { body: JSON.stringify(json) } : {}),
    })
    const ms = performance.now() - startedAt
    return { status: response.status, ms, headers: response.headers, body: (await response.json()) as Timed['body'] }
  }

  async #token(person: Person): Promise<string> {
    const known = this.#tokens.get(person) ?? (await token(this.port, `${person}@example.com`))
    this.#tokens.set(person, known)
    return known
  }
}

/** How long answers took, by row, ms. */
export interface Times {
  name: string
  reads: number[]
  changes: number[]
  overview: number
}

/** For people: on a machine that does other things, too, it says nothing but whether something waits. */
export function timesTable(rows: readonly Times[]): string {
  const cell = (ms: number): string => ms.toFixed(0).padStart(12)
  const lines = rows.map(
    ({ name, reads, changes, overview }) => name.padEnd(38) + cell(median(reads)) + cell(median(changes)) + cell(overview),
  )
  const titles = ['p50 read', 'p50 change', 'overview'].map((title) => title.padStart(12)).join('')
  return [`${'while (ms)'.padEnd(38)}${titles}`, ...lines].join('\n')
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
