import type { ReplayResponse } from '@orchestrator/shared/contracts/control-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'
import type { ReplayResult } from './replay.ts'

/** 200 with what is queued now; 404 and 409 say why nothing was done. */
export function outcomeToResponse(id: string, result: ReplayResult): ReplayResponse {
  switch (result.outcome) {
    case 'replayed':
      return {
        deadLetterId: id,
        jobId: result.jobId,
        generation: result.generation,
        status: 'queued',
        auditSeq: result.auditSeq,
      }
    case 'not_found':
      throw new AppError('not_found', `There is no dead letter ${id}.`)
    case 'already_closed':
      throw new AppError('conflict', `This dead letter is closed already: it was ${result.status}.`)
    case 'not_dead':
      throw new AppError('conflict', `The job is not dead any more: it is ${result.state} in generation ${result.generation}.`)
    case 'no_job':
      throw new AppError(
        'conflict',
        'No job stands behind this dead letter: it only holds a message, so there is nothing to replay.',
      )
    default:
      return assertNever(result)
  }
}
