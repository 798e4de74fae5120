/**
 * Counts what a Worker spends at its bindings: D1 rows written, queue messages sent, Durable Object requests, R2
 * writes and reads. `GET /__spent` answers the sums since the last `DELETE
 * /__spent`.
 */
export interface Spent {
  rowsWritten: number
  rowsRead: number
  batches: number
  messagesSent: number
  durableObjectRequests: number
  r2Writes: number
  r2Reads: number
}

const zero = (): Spent => ({
  rowsWritten: 0,
  rowsRead: 0,
  batches: 0,
  messagesSent: 0,
  durableObjectRequests: 0,
  r2Writes: 0,
  r2Reads: 0,
})
/** Deleting is free; the sweep's listing belongs to no webhook. */
const R2_OPERATIONS: Readonly<Record<string, 'r2Writes' | 'r2Reads'>> = {
  put: 'r2Writes',
  createMultipartUpload: 'r2Writes',
  get: 'r2Reads',
  head: 'r2Reads',
}

let spent = zero()

/** Answers the counter; `undefined` for every other request. */
export function answerSpent(request: Request): Response | undefined {
  if (new URL(request.url).pathname !== '/__spent') return undefined
  if (request.method === 'DELETE') spent = zero()
  return Response.json(spent)
}

function countResult<T>(result: T): T {
  const results = (Array.isArray(result) ? result : [result]) as { meta?: { rows_written?: number; rows_read?: number } }[]
  spent.batches++
  for (const { meta } of results) {
    spent.rowsWritten += meta?.rows_written ?? 0
    spent.rowsRead += meta?.rows_read ?? 0
  }
  return result
}

/** The statement of the platform, so that `batch` gets what it expects. */
const realStatement = new WeakMap<object, object>()

function countStatement(statement: object): object {
  const proxy = new Proxy(statement, {
    get(real, name) {
      const value: unknown = Reflect.get(real, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(value, real, args)
        if (name === 'bind') return countStatement(answer as object)
        if (name === 'run' || name === 'all') return (answer as Promise<unknown>).then(countResult)
        return answer
      }
    },
  })
  realStatement.set(proxy, statement)
  return proxy
}

function countCalls(target: object, count: (method: string, args: unknown[]) => void): object {
  return new Proxy(target, {
    get(real, name) {
      const value: unknown = Reflect.get(real, name)
      if (typeof value !== 'function' || typeof name !== 'string') return value
      return (...args: unknown[]) => {
        count(name, args)
        return Reflect.apply(value, real, args) as unknown
      }
    },
  })
}

function countDb(db: object): object {
  return new Proxy(db, {
    get(real, name) {
      const value: unknown = Reflect.get(real, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (name === 'batch') {
          const statements = (args[0] as object[]).map((statement) => realStatement.get(statement) ?? statement)
          return (Reflect.apply(value, real, [statements]) as Promise<unknown>).then(countResult)
        }
        const answer: unknown = Reflect.apply(value, real, args)
        return name === 'prepare' ? countStatement(answer as object) : answer
      }
    },
  })
}

/** An environment that counts. */
export function counting<Env extends object>(env: Env): Env {
  return new Proxy(env, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      if (typeof name !== 'string' || typeof value !== 'object' || value === null) return value
      if (/^DATA_\d\d$/.test(name)) return countDb(value)
      if (/_(QUEUE|DLQ)$/.test(name)) {
        return countCalls(value, (method, args) => {
          if (method === 'send') spent.messagesSent++
          if (method === 'sendBatch') spent.messagesSent += (args[0] as unknown[]).length
        })
      }
      if (name === 'PAYLOADS') {
        return countCalls(value, (method) => {
          const operation = R2_OPERATIONS[method]
          if (operation) spent[operation]++
        })
      }
      if (name === 'CIRCUIT_BREAKER' || name === 'RATE_LIMITER') return countNamespace(value)
      return value
    },
  })
}

function countNamespace(namespace: object): object {
  return new Proxy(namespace, {
    get(real, name) {
      const value: unknown = Reflect.get(real, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(value, real, args)
        return name === 'get' || name === 'getByName' ? countStub(answer as object) : answer
      }
    },
  })
}

/** Every method of a stub is one request. */
function countStub(stub: object): object {
  return new Proxy(stub, {
    get(real, name) {
      const method: unknown = Reflect.get(real, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        spent.durableObjectRequests++
        return (method as (...args: unknown[]) => unknown)(...args)
      }
    },
  })
}
