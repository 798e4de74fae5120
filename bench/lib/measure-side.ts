import type { Alone } from '@orchestrator/dev/runtime/start-alone'
import { cpuSeconds } from './cpu-seconds.ts'
import { type LoadClient, type ReadyRequest, saturate, sendSteadily } from './load.ts'
import { percentile } from './statistics.ts'

/** One of two Workers that are compared. */
export interface Side {
  name: 'floor' | 'subject'
  worker: Alone
  client: LoadClient
  /** That many requests, made ready before the clock runs; `round` makes them its own. */
  requests(round: string, count: number): ReadyRequest[]
}

export interface SteadyRound {
  p50: number
  p90: number
  p99: number
  cpuPerThousand: number
}

export interface SaturatedRound {
  perSecond: number
  cpuPerThousand: number
}

/** More than any Worker here answers in a second: so many requests are made ready beforehand. */
const MOST_PER_SECOND = 3_000

/** Times in ms at a fixed rate. `round` names them. */
export async function measureSteady(side: Side, round: string, load: { rate: number; seconds: number }): Promise<SteadyRound> {
  const requests = side.requests(`steady_${round}`, Math.ceil(load.rate * load.seconds))
  const cpuBefore = cpuSeconds(side.worker.pid)
  const times = await sendSteadily(side.client, requests, load.rate)
  const cpuPerThousand = ((cpuSeconds(side.worker.pid) - cpuBefore) / times.length) * 1_000
  return { p50: percentile(times, 0.5), p90: percentile(times, 0.9), p99: percentile(times, 0.99), cpuPerThousand }
}

/** As much as it takes, `concurrency` requests at once. */
export async function measureSaturated(
  side: Side,
  round: string,
  load: { concurrency: number; seconds: number },
): Promise<SaturatedRound> {
  const requests = side.requests(`full_${round}`, Math.ceil(MOST_PER_SECOND * load.seconds))
  const cpuBefore = cpuSeconds(side.worker.pid)
  const { count, seconds } = await saturate(side.client, requests, load)
  const cpuPerThousand = ((cpuSeconds(side.worker.pid) - cpuBefore) / count) * 1_000
  return { perSecond: count / seconds, cpuPerThousand }
}
