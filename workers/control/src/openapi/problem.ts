import { ERROR_CODES, type ErrorCode } from '@orchestrator/shared/core/error-codes'
import { problemType } from '@orchestrator/shared/http/problem'
import * as z from 'zod'

const codes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]

/** What `http/problem` answers, RFC 9457. */
export const problem = z
  .looseObject({
    type: z.url().describe('An address that names the code.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong, and what to do.'),
    instance: z.string().describe('The path of the request.'),
    code: z.enum(codes),
    requestId: z.string().describe('To be found again in the logs and in the audit log.'),
    issues: z
      .array(z.object({ path: z.string().describe('Dotted; empty for the whole body.'), message: z.string() }))
      .optional()
      .describe('Of a request that is not valid: each field that is wrong.'),
  })
  .describe('Problem details (RFC 9457). Some have members of their own.')

/** The example of one code. */
export function problemExample(code: ErrorCode, instance: string, detail: string): z.output<typeof problem> {
  const { status, title } = ERROR_CODES[code]
  return {
    type: problemType(code),
    title,
    status,
    detail,
    instance,
    code,
    requestId: 'req_0001KC5W3V9Q7X2M4N6P8R0S1T3V',
    ...(code === 'validation_failed' ? { issues: [{ path: 'reason', message: 'is missing' }] } : {}),
  }
}
