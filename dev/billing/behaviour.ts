import { z } from 'zod'

/** How the API answers its calls from now on. */
export const behaviour = z.object({
  /**
   * `ok`: as it should. `status`: always `status`. `hang`: never (60 s). `flap`: every `failEvery`th call fails with `status`.
   * `slow`: acts at once and answers `delayMs` later, so that a caller who gave up cannot know.
   */
  mode: z.enum(['ok', 'status', 'hang', 'flap', 'slow']),
  status: z.int().min(200).max(599).default(500),
  delayMs: z.int().min(0).max(60_000).default(3_000),
  /** Sent as `Retry-After` with the failing answers. */
  retryAfterSeconds: z.int().min(0).max(86_400).optional(),
  failEvery: z.int().min(1).max(1_000).default(2),
})
export type Behaviour = z.infer<typeof behaviour>

/** How a call goes under a behaviour. `nth` counts the calls since the behaviour was set, from 1. */
export type Plan = { kind: 'act'; delayMs: number } | { kind: 'fail'; status: number } | { kind: 'hang' }

/** Decides how the `nth` call goes. */
export function planCall(settings: Behaviour, nth: number): Plan {
  switch (settings.mode) {
    case 'status':
      return { kind: 'fail', status: settings.status }
    case 'hang':
      return { kind: 'hang' }
    case 'flap':
      return nth % settings.failEvery === 0 ? { kind: 'fail', status: settings.status } : { kind: 'act', delayMs: 0 }
    case 'slow':
      return { kind: 'act', delayMs: settings.delayMs }
    case 'ok':
      return { kind: 'act', delayMs: 0 }
  }
}
