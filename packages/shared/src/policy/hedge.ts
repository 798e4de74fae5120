import type { HedgePolicy } from '../contracts/policy.ts'
import { classifyCall } from './classify-failure.ts'
import type { Next, Outcome, PolicyContext, PolicyStep } from './types.ts'

/** One of the calls that race; the first has number 0. Its end never rejects. */
interface Pass {
  controller: AbortController
  end: Promise<Ended>
}

type Ended = { number: number } & ({ outcome: Outcome } | { error: unknown })

/**
 * Starts the same call once more when it has not ended after `delayMs`, up to `max` times; the first conclusive answer wins and
 * the other calls are given up. Only where a second call changes nothing more, and as far as the retry budget goes: a hedged
 * call is one more call of an upstream that is slow already. Each passes limits and breaker itself; a hedge that they refuse is
 * forgotten. https://research.google/pubs/the-tail-at-scale/
 */
export const hedge: PolicyStep = {
  name: 'hedge',
  async execute(ctx, next) {
    if (!ctx.policy.hedge || !ctx.idempotent) return next(ctx)
    const last = await race(ctx, next, ctx.policy.hedge)
    if ('error' in last) throw last.error
    return last.outcome
  },
}

/** Nothing is left running when it ends: it waits for the calls that it gave up, which settle soon after. */
async function race(ctx: PolicyContext, next: Next, { delayMs, max }: HedgePolicy): Promise<Ended> {
  const running = new Map<number, Pass>([[0, begin(ctx, next, 0)]])
  const ended: Ended[] = []
  const giveUp = (reason: unknown) => {
    for (const { controller } of running.values()) controller.abort(reason)
  }
  const onAbort = () => giveUp(ctx.signal.reason)
  ctx.signal.addEventListener('abort', onAbort, { once: true })
  let delay: Delay | null = after(ctx, delayMs)
  let hedges = 0
  try {
    while (running.size > 0) {
      const events = [...running.values()].map(({ end }): Promise<Ended | 'due'> => end)
      const event = await Promise.race(delay ? [...events, delay.due] : events)
      if (event === 'due') {
        const allowed = !ctx.signal.aborted && withdraw(ctx)
        if (allowed) running.set(++hedges, begin(ctx, next, hedges))
        delay = allowed && hedges < max ? after(ctx, delayMs) : null
        continue
      }
      running.delete(event.number)
      ended.push(event)
      if (isConclusive(event, ctx)) return event
      if (event.number > 0 && !isCalled(event)) {
        delay?.cancel()
        delay = null
      }
    }
    return best(ended)
  } finally {
    delay?.cancel()
    ctx.signal.removeEventListener('abort', onAbort)
    giveUp(new Error('another of the hedged calls was faster'))
    for (const { end } of running.values()) ended.push(await end)
    const made = ended.filter((pass) => pass.number > 0 && isCalled(pass)).length
    for (let unmade = hedges - made; unmade > 0; unmade--) giveBack(ctx)
    if (made > 0) ctx.emit({ type: 'call.hedged', data: { hedges: made, delayMs } })
  }
}

/** Begins a pass through the inner steps, with a signal of its own that the caller's ends too. */
function begin(ctx: PolicyContext, next: Next, number: number): Pass {
  const controller = new AbortController()
  if (ctx.signal.aborted) controller.abort(ctx.signal.reason)
  const end = next({ ...ctx, signal: controller.signal }).then(
    (outcome): Ended => ({ number, outcome }),
    (error: unknown): Ended => ({ number, error }),
  )
  return { controller, end }
}

/** A success, or an answer that another call would get too. */
function isConclusive(pass: Ended, ctx: PolicyContext): boolean {
  if ('error' in pass || pass.outcome.kind !== 'called') return false
  const { end } = pass.outcome.call
  const { kind } = classifyCall(end, ctx.policy.retry)
  return kind === 'success' || (kind === 'terminal' && end.kind === 'answered')
}

/**
 * Where nothing was conclusive: the earliest call that was sent, else the earliest that was made, or what became of the first.
 * One that our configuration kept back must not hide that another reached the upstream.
 */
function best(ended: readonly Ended[]): Ended {
  const [first] = ended.toSorted((a, b) => weight(b) - weight(a) || a.number - b.number)
  if (!first) throw new Error('no call of a race ended')
  return first
}

function weight(pass: Ended): number {
  if ('error' in pass || pass.outcome.kind !== 'called') return 0
  return pass.outcome.call.end.kind === 'config' ? 1 : 2
}

function isCalled(pass: Ended): boolean {
  return 'outcome' in pass && pass.outcome.kind === 'called'
}

function withdraw(ctx: PolicyContext): boolean {
  return !ctx.policy.retry.budget || ctx.retryBudget.withdraw()
}

function giveBack(ctx: PolicyContext): void {
  if (ctx.policy.retry.budget) ctx.retryBudget.giveBack?.()
}

interface Delay {
  due: Promise<'due'>
  cancel(): void
}

function after(ctx: PolicyContext, ms: number): Delay {
  const { promise, resolve } = Promise.withResolvers<'due'>()
  return { due: promise, cancel: ctx.timer(ms, () => resolve('due')) }
}
