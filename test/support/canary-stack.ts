import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localFetch, type LocalFetchInit } from '@orchestrator/dev/lib/local-fetch'
import { startRuntime } from '@orchestrator/dev/runtime/start-runtime'
import type { Bindings } from '@orchestrator/dev/runtime/workers'
import { SECRETS_KEY } from '@orchestrator/dev/values'
import { createAviary, type Find } from './canary.ts'
import { plantConfig, STORE_BINDING } from './canary-config.ts'
import { token } from './control.ts'
import { startEchoUpstream } from './echo-upstream.ts'

export const PEOPLE = ['viewer', 'operator', 'admin', 'auditor', 'breakglass'] as const
export type Person = (typeof PEOPLE)[number]
export type CanaryStack = Awaited<ReturnType<typeof startCanaryStack>>

/**
 * The whole stack with canaries for secrets, keys and tokens, and an upstream that echoes them. Whatever is answered is looked through;
 * `told()` says what was found. What the seed sealed lies under the previous SECRETS_KEY.
 */
export async function startCanaryStack() {
  const aviary = createAviary()
  const planted = plantConfig(aviary)
  const finds: Find[] = []
  const logLines: string[] = []
  const statuses = new Map<string, number>()
  const stateDir = mkdtempSync(join(tmpdir(), 'orchestrator-canary-'))
  const upstream = await startEchoUpstream(planted.tokens)
  const key = aviary.plant('SECRETS_KEY')
  const secrets = () => ({
    SECRETS_KEY: key,
    SECRETS_KEY_PREVIOUS: SECRETS_KEY,
    SENTRY_DSN: `http://public@127.0.0.1:${upstream.port}/1`,
  })
  const overrides: Record<string, Bindings> = {
    'orchestrator-ingress': secrets(),
    'orchestrator-execution': { ...secrets(), ...planted.variables },
    'orchestrator-control': { ...secrets(), AUDIT_SIGNING_KEY: aviary.plant('AUDIT_SIGNING_KEY') },
  }
  const runtime = await startRuntime({
    port: 0,
    stateDir,
    logLevel: 'silent',
    onLog: (line) => logLines.push(JSON.stringify(line)),
    overrides,
    storeBindings: { 'orchestrator-execution': STORE_BINDING },
  })
  const store = await runtime.mf.getSecretsStoreSecretAPI(STORE_BINDING, 'orchestrator-execution')
  await store().create(planted.inStore)
  const signIn = async (person: Person): Promise<string> => {
    const jwt = await token(runtime.port, `${person}@example.com`)
    aviary.watch(`the token of ${person}`, jwt.split('.')[2] ?? '')
    return jwt
  }
  const tokens = Object.fromEntries(
    await Promise.all(PEOPLE.map(async (person) => [person, await signIn(person)] as const)),
  ) as Record<Person, string>

  const stack = {
    aviary,
    planted,
    runtime,
    upstream,
    overrides,
    stateDir,
    logLines,
    tokens,
    /** Of a client that may do everything, once there is one. */
    apiKey: '',
    /** What notion showed: administrators may read it. */
    shown: '',
    value: (name: string, which: 0 | 1 = 1): string => planted.values.get(name)?.[which] ?? '',
    look: (place: string, text: string): void => void finds.push(...aviary.search(place, text)),
    /** What was found, once each, with what stood around it. */
    told: (): string[] =>
      [...new Map(finds.map(({ place, canary, context }) => [`${canary}: ${place}`, context]))].map((one) => one.join('\n  ')),
    /** How often a place answered with a status: `POST execution /execute 200`. */
    answered: (place: string): number => statuses.get(place) ?? 0,

    /** Asks a Worker, and looks through everything it answers; `but` are values that this one answer may have. */
    async hear(host: string, path: string, init: LocalFetchInit = {}, but: readonly string[] = []) {
      const place = `${init.method ?? 'GET'} ${host} ${path.split('?')[0]}`
      const url = `http://${host}.localhost:${runtime.port}${path}`
      const response = await localFetch(url, { timeoutMs: 30_000, ...init }).catch(
        (error: unknown) => new Response(String(error), { status: 599 }),
      )
      const text = await response.text()
      const all = `${text}\n${JSON.stringify([...response.headers])}`
      stack.look(
        `the answer of ${place}`,
        but.reduce((rest, one) => rest.replaceAll(one, ''), all),
      )
      statuses.set(`${place} ${response.status}`, stack.answered(`${place} ${response.status}`) + 1)
      return { status: response.status, text }
    },

    /** Asks the operators' API as somebody, or nobody. */
    control(
      person: Person | null,
      method: string,
      path: string,
      body?: unknown,
      more: Record<string, string> = {},
      but: string[] = [],
    ) {
      const proof: Record<string, string> = person === null ? {} : { 'cf-access-jwt-assertion': tokens[person] }
      const json = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
      const headers = { ...proof, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more }
      return stack.hear('control', path, { method, headers, ...json }, but)
    },

    /** The same as an administrator, for what must succeed. */
    async admin<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
      const { status, text } = await stack.control('admin', method, path, body)
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`)
      return JSON.parse(text) as T
    },

    /** Asks execution with the client's key. */
    execution(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      return stack.hear('execution', path, {
        method,
        headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    },

    async stop(): Promise<void> {
      await runtime.stop()
      await upstream.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
  return stack
}
