import { AppError } from '@orchestrator/shared/core/errors'
import { readJson } from '@orchestrator/shared/http/read-json'
import { MAX_BODY_BYTES } from './constants.ts'

/**
 * The JSON of a request. More than a single job's needs a Content-Length, so that nobody makes us gather what is then refused.
 * @throws AppError 400, 411, 413, 415.
 */
export async function readJobsBody(request: Request, maxBytes: number): Promise<unknown> {
  const declared = request.headers.has('content-length')
  try {
    return await readJson(request, declared ? maxBytes : Math.min(maxBytes, MAX_BODY_BYTES))
  } catch (error) {
    if (declared || maxBytes <= MAX_BODY_BYTES || !(error instanceof AppError) || error.code !== 'body_too_large') throw error
    throw new AppError('length_required', `A body of more than ${MAX_BODY_BYTES} bytes needs a Content-Length.`)
  }
}
