/**
 * Faults injected at the bindings of a Worker, switched by `PUT /__faults`. A wrapper around a real Worker uses this; nothing
 * of it is in the Workers themselves.
 */
type Mode = 'ok' | 'throw' | 'hang'

export interface FaultState {
  /** Every statement on DATA rejects, or never answers. */
  data: Mode
  /** Of which databases that is true. */
  dataOf: 'all' | 'DATA_00' | 'DATA_01'
  /** The same on CONTROL_DB. */
  control: Mode
  /** Every read and write of R2. */
  r2: Mode
  /** All that is asked of every queue. */
  queueSend: Mode
  /** Every call of a Durable Object. */
  objects: Mode
  /** Every handler and door of the Worker throws, or answers nothing for long. */
  handlers: Mode
  /** Workers that are not there: their bindings are gone. */
  gone: readonly ('INGRESS' | 'EXECUTION')[]
}

const state: FaultState = {
  data: 'ok',
  dataOf: 'all',
  control: 'ok',
  r2: 'ok',
  queueSend: 'ok',
  objects: 'ok',
  handlers: 'ok',
  gone: [],
}

/** All doors of a neighbour. */
const DOORS: Readonly<Record<FaultState['gone'][number], RegExp>> = {
  INGRESS: /^INGRESS(_|$)/,
  EXECUTION: /^(EXECUTION(_\w+)?|CONNECTOR_TEST|AS_CLIENT|BREAKER_STATES)$/,
}
/** Longer than anybody waits, ms. The runtime would end a handler at once that waits for nothing at all. */
const HANGS_FOR_MS = 20_000

export class InjectedFault extends Error {
  override name = 'InjectedFault'
}

/** Throws when the handlers are to fail; waits, and then throws, when they are to hang. */
export async function failHandlers(): Promise<void> {
  if (state.handlers === 'hang') await new Promise((resolve) => setTimeout(resolve, HANGS_FOR_MS))
  if (state.handlers !== 'ok') throw new InjectedFault('injected: the handler throws')
}

/** Answers the switch; `undefined` for every other request. */
async function switchFaults(request: Request): Promise<Response | undefined> {
  if (new URL(request.url).pathname !== '/__faults') return undefined
  Object.assign(state, await request.json())
  return Response.json(state)
}

/** An environment whose databases, bucket, queues, Durable Objects and neighbours fail as the switch says. */
export function withFaults<Env extends object>(env: Env): Env {
  return new Proxy(env, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      if (typeof name !== 'string' || typeof value !== 'object' || value === null) return value
      if (state.gone.some((neighbour) => DOORS[neighbour].test(name))) return undefined
      if (/^DATA_\d\d$/.test(name)) return faultyDb(value, () => (['all', name].includes(state.dataOf) ? state.data : 'ok'))
      if (name === 'CONTROL_DB') return faultyDb(value, () => state.control)
      if (name === 'PAYLOADS') return faulty(value, () => fail(state.r2, 'R2'))
      if (/_(QUEUE|DLQ)$/.test(name)) return faulty(value, () => fail(state.queueSend, 'queue'))
      if (OBJECTS.test(name)) return faultyObjects(value)
      return value
    },
  })
}

/** A real Worker behind bindings that can fail, and handlers that can throw; its faults are switched at its own address. */
export function faultyHandlers(worker: ExportedHandler<object>): ExportedHandler<object> {
  return {
    async fetch(request, env, ctx) {
      const switched = await switchFaults(request)
      if (switched) return switched
      await failHandlers()
      return worker.fetch!(request, withFaults(env), ctx)
    },
    async queue(batch, env, ctx) {
      await failHandlers()
      return worker.queue?.(batch, withFaults(env), ctx)
    },
    async scheduled(controller, env, ctx) {
      await failHandlers()
      return worker.scheduled?.(controller, withFaults(env), ctx)
    },
  }
}

type Door = new (context: ExecutionContext, env: object) => { fetch(request: Request): Promise<Response> }

/** A door of a Worker that fails like its handlers, with bindings that can fail. */
export function faultyDoor(Real: Door): Door {
  return class extends Real {
    constructor(context: ExecutionContext, env: object) {
      super(context, withFaults(env))
    }

    override async fetch(request: Request): Promise<Response> {
      await failHandlers()
      return super.fetch(request)
    }
  }
}

const OBJECTS = /^(CIRCUIT_BREAKER|RATE_LIMITER|BULK_RUNNER)$/

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

function fail(mode: Mode, what: string): Promise<never> | undefined {
  if (mode === 'hang') return new Promise<never>(() => undefined)
  return mode === 'throw' ? Promise.reject(new InjectedFault(`injected: ${what} fails`)) : undefined
}

/** A database; while it fails, a prepared statement fails when it is run, as it does at D1. */
function faultyDb(db: object, mode: () => Mode): object {
  const fault = (): Promise<never> | undefined => fail(mode(), 'D1_ERROR')
  const statement: object = { bind: () => statement, run: fault, all: fault, first: fault, raw: fault }
  return faulty(db, (method) =>
    method === 'prepare' && mode() !== 'ok' ? statement : method === 'prepare' ? undefined : fault(),
  )
}

/** Stubs are had, as on the platform; what is asked of them fails. */
function faultyObjects(namespace: object): object {
  if (state.objects === 'ok') return namespace
  const stub = new Proxy({}, { get: () => () => fail(state.objects, 'Durable Object') })
  return faulty(namespace, (method) => (method === 'get' || method === 'getByName' ? stub : undefined))
}
