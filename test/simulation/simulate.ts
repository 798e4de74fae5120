import { consumerOf } from './consumer.ts'
import type { Change } from './execution.ts'
import type { Faults } from './faults.ts'
import { wrongAtRest } from './invariants.ts'
import { Clients } from './clients.ts'
import { Operators } from './operators.ts'
import { comeToRest, pass } from './rest.ts'
import { Senders } from './senders.ts'
import { Sqlite } from './sqlite.ts'
import { virtualGlobals } from './virtual-globals.ts'
import { World } from './world.ts'

export interface RunOptions {
  /** Takes every line of the trace. */
  log?: (line: string) => void
  /** Faults that this run has in any case. */
  faults?: Partial<Faults>
  /** Changes what consumers have, for tests of the simulation itself. */
  change?: Change
}

export interface RunResult {
  seed: number
  /** What must not be, and was. */
  violation: string | undefined
  /** How often what happened, by the types of the log. */
  counts: Map<string, number>
}

const sqlite = new Sqlite()

/**
 * One run. First everything goes wrong, for a quarter of an hour to an hour; then nothing does, and the world comes to rest;
 * then operators let go what waits for them, and every job must have an end.
 */
export async function simulate(seed: number, { log, faults = {}, change = () => ({}) }: RunOptions = {}): Promise<RunResult> {
  const world = new World(seed, sqlite, consumerOf(change), log)
  world.faults = { ...world.faults, ...faults }
  const restore = virtualGlobals(world.scheduler, world.rng)
  try {
    await live(world)
  } finally {
    restore()
  }
  return { seed, violation: world.violation, counts: countsOf(world) }
}

async function live(world: World): Promise<void> {
  const { rng } = world
  const duration = rng.int(900_000, 3_600_000)
  const senders = new Senders(world)
  const clients = new Clients(world)
  const operators = new Operators(world, senders, clients)
  senders.begin(rng.int(1, 6), duration / 2)
  clients.begin(rng.int(1, 4), duration / 2)
  operators.begin(duration)
  await pass(world, duration)
  world.calm()
  await comeToRest(world)
  judge(world, senders, clients)
  world.configuration.pause([])
  await comeToRest(world)
  for (let round = 0; round < 20 && blockers(operators, world).length > 0; round++) {
    for (const letter of blockers(operators, world)) operators[rng.chance(0.7) ? 'replay' : 'discard'](letter)
    await comeToRest(world)
  }
  judge(world, senders, clients)
  for (const job of world.oracle.snapshot.jobs.values()) {
    if (job.wakeAt !== null) world.fail(`${job.id}: operators did all they could, and it is ${job.state}`)
  }
}

function judge(world: World, senders: Senders, clients: Clients): void {
  const wrong = wrongAtRest(world, senders, clients)
  if (wrong) world.fail(wrong)
}

function blockers(operators: Operators, world: World) {
  return operators.open.filter(({ jobId }) => {
    const job = world.oracle.snapshot.jobs.get(jobId)
    return job?.state === 'dead' && job.orderingKey !== null && job.onDeath === 'block'
  })
}

function countsOf(world: World): Map<string, number> {
  const counts = new Map<string, number>()
  const count = (what: string, by = 1) => counts.set(what, (counts.get(what) ?? 0) + by)
  for (const { events } of world.oracle.log.values()) for (const { type } of events) count(type)
  for (const job of world.oracle.snapshot.jobs.values()) count(`job ${job.state}`)
  for (const letter of world.oracle.snapshot.letters.values()) count(`death ${letter.class}`)
  count('calls', world.upstream.issued.length)
  count('effects', world.upstream.effects.length)
  return counts
}
