import type { AppError } from '@orchestrator/shared/core/errors'
import type { KeyOwner } from '@orchestrator/shared/idempotency/settle'
import { jsonAnswer, notKept, notMapped, problemAnswer, rawWhole, tooLarge, toResponse } from './answer.ts'
import type { ExecuteDeps } from './deps.ts'
import { type Judgement, judgeOutcome } from './judge-outcome.ts'
import { rawAnswer } from './raw-answer.ts'
import { type Ran, runCall, type Work } from './run-call.ts'
import { claimWork, keepAnswer, release, type RequestKey } from './with-key.ts'
import { writeLog } from './write-log.ts'

/**
 * Does the work of one request, once under its key, and answers it. An error of something that was called is stored before it is
 * thrown, so that it is answered as it was stored.
 * @throws AppError as `claimWork`, `judgeOutcome` and `rawAnswer` say.
 */
export async function execute(deps: ExecuteDeps, work: Work, requestKey: RequestKey | null): Promise<Response> {
  if (requestKey === null) return perform(deps, work, null)
  const claimed = await claimWork(deps, work, requestKey)
  return 'response' in claimed ? claimed.response : perform(deps, work, claimed.owner)
}

async function perform(deps: ExecuteDeps, work: Work, owner: KeyOwner | null): Promise<Response> {
  const ran = await runCall(deps, work)
  deps.keep(writeLog(deps, work, ran))
  reportOwnFailure(deps, work, ran)
  if (ran.limit) deps.tellLimit(ran.limit)
  const judged = judgeOutcome(ran, work)
  if (judged.kind === 'success') return succeed(deps, work, owner, judged)
  if (judged.called) throw await kept(deps, work, owner, judged.error)
  if (owner) await release(deps, owner)
  throw judged.error
}

async function succeed(
  deps: ExecuteDeps,
  work: Work,
  owner: KeyOwner | null,
  { call, answer, attempts }: Extract<Judgement, { kind: 'success' }>,
): Promise<Response> {
  const { body } = answer
  if (body.kind === 'stream') return rawAnswer(deps, work, owner, answer, attempts)
  if (body.kind === 'too_large') throw await kept(deps, work, owner, tooLarge(answer, body.limitBytes, attempts))
  if (call.problem !== null) throw await kept(deps, work, owner, notMapped(answer, call.problem, attempts))
  const mapped = work.target.operation.response !== null
  const whole =
    work.form === 'raw'
      ? rawWhole(call, answer, mapped ? null : body.bytes, attempts)
      : jsonAnswer(call, answer, mapped, attempts, work.requestId)
  if (owner) await keepAnswer(deps, owner, work.requestId, whole, notKept(answer, attempts))
  return toResponse(whole)
}

/** The error, after it was stored. */
async function kept(deps: ExecuteDeps, work: Work, owner: KeyOwner | null, error: AppError): Promise<AppError> {
  if (owner) await keepAnswer(deps, owner, work.requestId, await problemAnswer(error, work.requestId))
  return error
}

/** What of our own kept a retry from being made. What kept the first call from being made is the answer, and reported as such. */
function reportOwnFailure(deps: ExecuteDeps, work: Work, { outcome }: Ran): void {
  if (outcome.kind !== 'dead' || outcome.ownError === undefined) return
  deps.report(outcome.ownError, { connector: work.target.connector.id, request_id: work.requestId })
}
