/**
 * Faults injected at the bindings of a Worker, switched by `PUT /__faults`. A wrapper around a real Worker uses this; nothing
 * of it is in the Workers themselves.
 */
export interface FaultState {
  /** Every statement on DATA rejects, or never answers. */
  data: 'ok' | 'throw' | 'hang'
  /** Every statement on CONTROL_DB rejects. */
  control: 'ok' | 'throw'
  /** Every read and write of R2 rejects. */
  r2: 'ok' | 'throw'
  /** `send` and `sendBatch` of every queue reject. */
  queueSend: 'ok' | 'throw'
  /** Every handler of the Worker throws. */
  handlers: 'ok' | 'throw'
}

const state: FaultState = { data: 'ok', control: 'ok', r2: 'ok', queueSend: 'ok', handlers: 'ok' }

export class InjectedFault extends Error {
  override name = 'InjectedFault'
}

/** Throws when the handlers are to fail. */
export function failHandlers(): void {
  if (state.handlers === 'throw') throw new InjectedFault('injected: the handler throws')
}

/** Answers the switch; `undefined` for every other request. */
export async function switchFaults(request: Request): Promise<Response | undefined> {
  if (new URL(request.url).pathname !== '/__faults') return undefined
  Object.assign(state, await request.json())
  return Response.json(state)
}

/** An environment whose DATA databases, bucket and queues fail as the switch says. */
export function withFaults<Env extends object>(env: Env): Env {
  return new Proxy(env, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      if (typeof name !== 'string' || typeof value !== 'object' || value === null) return value
      if (/^DATA_\d\d$/.test(name)) return faultyDb(value, () => state.data)
      if (name === 'CONTROL_DB') return faultyDb(value, () => state.control)
      if (name === 'PAYLOADS') return faulty(value, () => reject(state.r2, 'R2'))
      if (/_(QUEUE|DLQ)$/.test(name)) return faulty(value, () => reject(state.queueSend, 'queue'))
      return value
    },
  })
}

type Intercept = (method: string) => Promise<never> | object | undefined

/** The same object; a method whose interception answers something gives that instead of doing its work. */
function faulty(target: object, intercept: Intercept): object {
  return new Proxy(target, {
    get(real, name) {
      const value: unknown = Reflect.get(real, name)
      if (typeof value !== 'function' || typeof name !== 'string') return value
      return (...args: unknown[]) => intercept(name) ?? Reflect.apply(value, real, args)
    },
  })
}

function reject(mode: 'ok' | 'throw', what: string): Promise<never> | undefined {
  return mode === 'throw' ? Promise.reject(new InjectedFault(`injected: ${what} fails`)) : undefined
}

/** A database; while it fails, a prepared statement fails when it is run, as it does at D1. */
function faultyDb(db: object, mode: () => FaultState['data']): object {
  const fault = (): Promise<never> | undefined => {
    if (mode() === 'hang') return new Promise<never>(() => undefined)
    return mode() === 'throw' ? Promise.reject(new InjectedFault('injected: D1_ERROR')) : undefined
  }
  const statement: object = { bind: () => statement, run: fault, all: fault, first: fault, raw: fault }
  return faulty(db, (method) =>
    method === 'prepare' && mode() !== 'ok' ? statement : method === 'prepare' ? undefined : fault(),
  )
}
