import { contentOf } from '@orchestrator/shared/config/revision'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readArgs } from '@orchestrator/dev/lib/read-args'
import { onStopSignal } from '@orchestrator/dev/lib/stop-signals'
import { seed } from '@orchestrator/dev/runtime/seed'
import { type Alone, startAlone } from '@orchestrator/dev/runtime/start-alone'
import { SECRETS_KEY } from '@orchestrator/dev/values'
import { readConfigInForce } from '@orchestrator/shared/config/change'
import { publishConfig } from '@orchestrator/shared/config/publish'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { sealSecret } from '@orchestrator/shared/secrets/envelope'
import { largeTail, postLarge } from './lib/large-bodies.ts'
import { forgetPeak, peakMib, residentMib } from './lib/memory.ts'
import { createStateDir } from './lib/state-dir.ts'
import { median } from './lib/statistics.ts'
import { formatTable } from './lib/table.ts'

/**
 * What large bodies cost in memory: the real ingress, and beside it a Worker that passes them into R2 unseen, and one that
 * forgets them. Miniflare's R2 runs in the same process, and so does everything that it holds. Judged by people.
 */
const HELP = `pnpm bench:bodies [--rounds N] [--bodies N] [--mib N]

Posts large signed bodies of GitHub to ingress at once, and reads the resident memory of its runtime before, at most and after;
then the same of a Worker that only puts them into R2, and of one that drops them. Each time in a runtime of its own.

  --rounds N   of each (3)
  --bodies N   at once (20)
  --mib N      of each body (25)`

const INGRESS = 'orchestrator-ingress'
const SECRET = 'bench secret of github'
const BUDGET_MIB = 100
const MIB = 1_048_576
/** A runtime that has just answered still tidies up, ms. */
const REST_MS = 1_500

const { values } = readArgs(HELP, {
  options: {
    help: { type: 'boolean', short: 'h' },
    rounds: { type: 'string', default: '3' },
    bodies: { type: 'string', default: '20' },
    mib: { type: 'string', default: '25' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const rounds = atLeastOne('rounds', values.rounds)
const bodies = atLeastOne('bodies', values.bodies)
const mib = atLeastOne('mib', values.mib)
const tail = largeTail(mib * MIB)

const SIDES = {
  ingress: { title: 'ingress', main: undefined, path: '/webhooks/github' },
  put: { title: 'put into R2 unseen', main: 'workers/r2-floor.ts', path: '/put' },
  drop: { title: 'read and forgotten', main: 'workers/r2-floor.ts', path: '/drop' },
} as const
type SideName = keyof typeof SIDES

interface Round {
  before: number
  peak: number
  after: number
  seconds: number
}

let running: Alone | undefined
onStopSignal(async () => running?.stop(), 130)
const measured: Record<SideName, Round[]> = { ingress: [], put: [], drop: [] }
for (let round = 1; round <= rounds; round++) {
  for (const name of Object.keys(SIDES) as SideName[]) measured[name].push(await measure(name))
}
print()

async function measure(name: SideName): Promise<Round> {
  const { main, path } = SIDES[name]
  const worker = await startAlone(INGRESS, { stateDir: createStateDir(), ...(main && { main: join(import.meta.dirname, main) }) })
  running = worker
  try {
    if (name === 'ingress') await configure(await worker.mf.getBindings<ConfigBindings>(INGRESS), worker.port)
    const post = (some: Buffer) => postLarge({ port: worker.port, path, tail: some, secret: SECRET })
    // Code is loaded and compiled by the first requests: that belongs to no body.
    for (let n = 0; n < 5; n++) expectDone(await post(tail.subarray(0, 2 * MIB)))
    await sleep(REST_MS)
    const before = residentMib(worker.pid)
    forgetPeak(worker.pid)
    const begun = performance.now()
    for (const status of await Promise.all(Array.from({ length: bodies }, () => post(tail)))) expectDone(status)
    const seconds = (performance.now() - begun) / 1_000
    const peak = peakMib(worker.pid)
    await sleep(REST_MS)
    return { before, peak, after: residentMib(worker.pid), seconds }
  } finally {
    running = undefined
    await worker.stop()
  }
}

/** Development's configuration, and GitHub with it. */
async function configure(bindings: ConfigBindings, port: number): Promise<void> {
  await seed(bindings, port, Date.now())
  const content = contentOf(await readConfigInForce(bindings.CONTROL_DB))
  const [provider] = content.providers
  if (!provider) throw new Error('the seed has no provider')
  const bodyLimitBytes = (mib + 1) * MIB
  const sealed = await sealSecret(SECRETS_KEY, 'github', 1, SECRET)
  const versions = [{ version: 1, ...sealed, validUntil: null }]
  const providers = [...content.providers, { ...provider, id: 'github', preset: 'github', secret: 'github', bodyLimitBytes }]
  const secrets = [...content.secrets, { name: 'github', source: 'stored' as const, versions }]
  await publishConfig(bindings, { ...content, providers, secrets }, { author: 'bench', reason: 'bodies', now: Date.now() })
}

function expectDone(status: number): void {
  if (status !== 200) throw new Error(`a body was answered ${status}`)
}

function print(): void {
  const row = (name: SideName) => {
    const of = (value: (round: Round) => number) => median(measured[name].map(value))
    const rises = measured[name].map((round) => rise(round).toFixed(0)).join(', ')
    const { title } = SIDES[name]
    const memory = [of(({ before }) => before), of(({ peak }) => peak), of(({ after }) => after), of(rise)].map(text)
    return [title, ...memory, rises, `${of(({ seconds }) => seconds).toFixed(1)} s`]
  }
  const own = measured.ingress.map((round, n) => rise(round) - rise(measured.put[n]!))
  console.log(`\nResident memory of the runtime, ${bodies} bodies of ${mib} MiB at once, medians of ${rounds} rounds:`)
  const head = ['', 'before', 'at most', 'after', 'rise', 'by round', 'time']
  console.log(formatTable([head, ...(Object.keys(SIDES) as SideName[]).map(row)]))
  const total = median(measured.ingress.map(rise))
  console.log(`\n  rise with ingress: ${text(total)} of ${text(BUDGET_MIB)}: ${total <= BUDGET_MIB ? 'holds' : 'MISSED'}`)
  console.log(`  of which beyond R2's own: ${text(median(own))}`)
}

function text(value: number): string {
  return `${value.toFixed(0)} MiB`
}

function rise({ before, peak }: Round): number {
  return peak - before
}

function atLeastOne(name: string, value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1) return number
  console.error(`--${name} must be a whole number from 1, not “${value}”\n\n${HELP}`)
  process.exit(1)
}
