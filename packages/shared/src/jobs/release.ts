import { withDeadline } from '../core/clock.ts'
import { nextState, sqlStates, statesAllowing } from './state-machine.ts'

/** ?1 = job ids, ?2 = token. */
const RELEASE = `UPDATE jobs SET state = '${nextState('running', 'defer')}', lease_until = NULL, token = NULL
  WHERE id IN (SELECT value FROM json_each(?1)) AND token = ?2 AND state IN (${sqlStates(statesAllowing('defer'))})`

/** Gives jobs back that a claim has taken and nobody works. `wake_at` is still the one from before the claim. */
export async function releaseJobs(db: D1Database, jobIds: readonly string[], token: string): Promise<void> {
  await db.prepare(RELEASE).bind(JSON.stringify(jobIds), token).run()
}

/**
 * A claim that fails, or takes longer than `claimMs`, may be committed all the same: its jobs would lie there until the lease
 * ends, and that would count against them. So they are released before the caller hears of it, for at most `releaseMs`; and
 * once more when the claim comes through later. Best effort: where that fails too, the lease ends by itself.
 */
export async function releaseUnlessClaimed<T>(
  claiming: Promise<T>,
  release: () => Promise<void>,
  { claimMs, releaseMs }: { claimMs: number; releaseMs: number },
): Promise<T> {
  try {
    return await withDeadline(claiming, claimMs, 'the claim')
  } catch (error) {
    const late = () => release().catch(() => undefined)
    void claiming.then(late, () => undefined)
    await withDeadline(release(), releaseMs, 'the release').catch(() => undefined)
    throw error
  }
}
