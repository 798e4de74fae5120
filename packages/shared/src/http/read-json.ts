import { decodeUtf8 } from '../core/bytes.ts'
import { AppError } from '../core/errors.ts'
import { isTooDeep, MAX_JSON_DEPTH } from '../core/json-depth.ts'
import { readBody } from './body.ts'

/** No JSON request is longer, unless its route says so, bytes. */
const MAX_BODY_BYTES = 16_384

/**
 * The JSON of a request. A body must say that it is JSON: a form on a foreign page cannot, so no browser sends one of these
 * without asking first. An empty body, whatever it says, reads as an empty object.
 */
export async function readJson(request: Request, maxBytes: number = MAX_BODY_BYTES): Promise<unknown> {
  const bytes = await readBody(request, maxBytes)
  if (bytes === 'too_large') throw new AppError('body_too_large', `A body may have ${maxBytes} bytes at most.`)
  const text = decodeUtf8(bytes)
  if (text?.trim() === '') return {}
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new AppError('unsupported_media_type', 'Send the body as application/json.')
  if (isTooDeep(text ?? '')) {
    throw new AppError('validation_failed', `The body nests its values deeper than ${MAX_JSON_DEPTH} levels.`)
  }
  try {
    return JSON.parse(text ?? 'not UTF-8')
  } catch {
    throw new AppError('validation_failed', 'The body is not valid JSON.')
  }
}
