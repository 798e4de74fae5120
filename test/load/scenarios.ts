import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, drive, startHarness } from './harness.ts'

/** No retries and no breaker: only the limits are looked at. */
const BARE = { retry: { maxAttempts: 1 }, circuitBreaker: null }
const WINDOW_MS = 1_000

export interface LimitReport {
  sent: number
  /** How many got which status. */
  statuses: Record<string, number>
  /** The most calls that came within any second. */
  mostInASecond: number
  /** Calls a second, from the first to the last one. */
  rate: number
}

/** 50/s with a burst of 10, driven at three times that by several clients. */
export async function rateLimit(seconds: number): Promise<LimitReport> {
  const rateLimit = { limit: 50, perMs: 1_000, burst: 10 }
  const harness = await startHarness({ ...BARE, rateLimit })
  try {
    const answers = await drive(150, seconds, (n) => harness.execute(n))
    const { at } = await harness.seen()
    return {
      sent: answers.length,
      statuses: countStatuses(answers),
      mostInASecond: mostInWindow(at, WINDOW_MS),
      rate: at.length / seconds,
    }
  } finally {
    await harness.stop()
  }
}

/** Five at a time, with an upstream that takes 100 ms. */
export async function concurrency(seconds: number): Promise<{ statuses: Record<string, number>; mostInFlight: number }> {
  const harness = await startHarness({ ...BARE, concurrency: { limit: 5 } })
  try {
    await harness.setMode({ kind: 'up', delayMs: 100 })
    const answers = await drive(100, seconds, (n) => harness.execute(n))
    return { statuses: countStatuses(answers), mostInFlight: (await harness.seen()).mostInFlight }
  } finally {
    await harness.stop()
  }
}

export interface OutageReport {
  /** While the upstream is down and the breaker open: answers, and their median time, ms. */
  refused: number
  medianMs: number
  statuses: Record<string, number>
  /** Calls that the upstream saw until the breaker opened, and from then to its return. */
  before: number
  probes: number
  /** From the upstream's return to the first success, ms. */
  resumedAfterMs: number
  /** Of the calls in the last second. */
  successesAtTheEnd: number
}

const PER_SECOND = 100
/** The breaker has opened by then. */
const OPENING_MS = 2_000

/** An upstream that answers 503 for some time under 100 calls a second, and then is back. */
export async function outage(downSeconds: number, openMs: number): Promise<OutageReport> {
  const breaker = { windowMs: 10_000, minCalls: 10, failureRate: 0.5, openMs, halfOpenCalls: 1 }
  const harness = await startHarness({ ...BARE, circuitBreaker: breaker })
  try {
    await drive(PER_SECOND, 1, (n) => harness.execute(n))
    await harness.forget()
    await harness.setMode({ kind: 'down', delayMs: 0 })
    const begun = performance.now()
    let opened = 0
    const noticing = sleep(OPENING_MS).then(async () => (opened = (await harness.seen()).at.length))
    const down: (Answer & { since: number })[] = []
    await drive(PER_SECOND, downSeconds, async (n) => {
      const since = performance.now() - begun
      const answer = await harness.execute(n)
      down.push({ ...answer, since })
      return answer
    })
    await noticing
    const seen = (await harness.seen()).at.length
    await harness.setMode({ kind: 'up', delayMs: 0 })
    const back = performance.now()
    let firstSuccess = Number.NaN
    const after = await drive(PER_SECOND, openMs / 1_000 + 3, async (n) => {
      const answer = await harness.execute(n)
      if (answer.status === 200 && Number.isNaN(firstSuccess)) firstSuccess = performance.now() - back
      return answer
    })
    const refused = down.filter(({ status, since }) => status === 503 && since > OPENING_MS)
    return {
      refused: refused.length,
      medianMs: median(refused.map(({ ms }) => ms)),
      statuses: countStatuses(down.filter(({ since }) => since > OPENING_MS)),
      before: opened,
      probes: seen - opened,
      resumedAfterMs: firstSuccess,
      successesAtTheEnd: after.slice(-PER_SECOND).filter(({ status }) => status === 200).length,
    }
  } finally {
    await harness.stop()
  }
}

export interface SameKeyReport {
  calls: number
  /** Of the first wave: the answer itself, replayed, and told to wait. */
  answered: number
  replayed: number
  inFlight: number
  others: Record<string, number>
  /** In the second wave: replays, and how many different bodies they had. */
  replayedLater: number
  bodies: number
}

/** Many calls with one key at the same moment, and the same again afterwards. */
export async function sameKey(count: number): Promise<SameKeyReport> {
  const harness = await startHarness({ ...BARE })
  try {
    await harness.setMode({ kind: 'up', delayMs: 300 })
    // All of one client: a key belongs to it.
    const wave = () => Promise.all(Array.from({ length: count }, () => harness.execute(0, { 'idempotency-key': 'pay-42' })))
    const first = await wave()
    const later = await wave()
    const isReplay = ({ status, headers }: Answer) => status === 200 && headers['idempotent-replayed'] === 'true'
    const isWait = ({ status, headers }: Answer) => status === 409 && headers['retry-after'] !== undefined
    const answered = first.filter((answer) => answer.status === 200 && !isReplay(answer))
    return {
      calls: (await harness.seen()).at.length,
      answered: answered.length,
      replayed: first.filter(isReplay).length,
      inFlight: first.filter(isWait).length,
      others: countStatuses(first.filter((answer) => answer.status !== 200 && !isWait(answer))),
      replayedLater: later.filter(isReplay).length,
      bodies: new Set([...answered, ...later].map(({ body }) => body)).size,
    }
  } finally {
    await harness.stop()
  }
}

/** The most points of time that lie in any window of this length. */
export function mostInWindow(at: readonly number[], windowMs: number): number {
  const sorted = at.toSorted((a, b) => a - b)
  let most = 0
  let from = 0
  for (const [to, time] of sorted.entries()) {
    while (time - (sorted[from] ?? 0) >= windowMs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

function countStatuses(answers: readonly { status: number }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
