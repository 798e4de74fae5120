import type { Miniflare } from 'miniflare'
import { readWranglerConfig } from './wrangler-config.ts'
import { WORKERS } from './workers.ts'

/** Production fires them every minute; here often enough to watch, ms. */
const CRON_INTERVAL_MS = 5_000

export interface Crons {
  tick(): Promise<void>
  stop(): void
}

/**
 * The local runtime fires no crons: this calls the scheduled handler of every Worker that declares some. A round that still
 * runs when the next is due makes that one wait for its own turn; a handler that fails is reported and called again.
 */
export function startCrons(mf: Miniflare, print: (line: string) => void): Crons {
  const declared = WORKERS.flatMap(({ name, folder }) =>
    (readWranglerConfig(folder).triggers.crons ?? []).map((cron) => ({ name, cron })),
  )
  let stopped = false
  let running = false
  const tick = async (): Promise<void> => {
    await Promise.all(declared.map(({ name, cron }) => fire(name, cron)))
  }
  const fire = async (name: string, cron: string): Promise<void> => {
    try {
      const worker = (await mf.getWorker(name)) as unknown as Fetcher & {
        scheduled(options: { cron: string; scheduledTime: Date }): Promise<{ outcome: string }>
      }
      const { outcome } = await worker.scheduled({ cron, scheduledTime: new Date() })
      if (outcome !== 'ok' && !stopped) print(`cron of ${name} ended with “${outcome}”`)
    } catch (error) {
      if (!stopped) print(`cron of ${name} failed: ${String(error)}`)
    }
  }
  const timer = setInterval(() => {
    if (running) return
    running = true
    void tick().finally(() => {
      running = false
    })
  }, CRON_INTERVAL_MS)
  return {
    tick,
    stop() {
      stopped = true
      clearInterval(timer)
    },
  }
}
