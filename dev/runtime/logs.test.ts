import { describe, it } from 'vitest'
import { formatLog, isWorthShowing } from './logs.ts'

const line = (fields: Record<string, unknown>, level = 'log') => ({ timestamp: 0, level, message: JSON.stringify(fields) })
const request = {
  level: 'info',
  message: 'request',
  worker: 'ingress',
  method: 'POST',
  path: '/webhooks/stripe',
  status: 200,
  durationMs: 7,
}

describe('a Worker’s line in the terminal', () => {
  it('tells a request by what was asked and answered', ({ expect }) => {
    const text = formatLog(line({ ...request, outcome: 'accepted', requestId: 'req_1', error: null }), false)
    expect(text.slice(9)).toBe('ingress   POST /webhooks/stripe → 200 in 7 ms outcome=accepted')
  })

  it('marks warnings and errors, in colour only where there is any', ({ expect }) => {
    const error = line({ level: 'error', message: 'it broke', worker: 'execution', jobId: 'job_1' })
    expect(formatLog(error, false).slice(9)).toBe('ERROR execution it broke jobId=job_1')
    expect(formatLog(error, true)).toContain('\u001B[31m')
  })

  it('shows what is not ours as it is', ({ expect }) => {
    expect(formatLog({ timestamp: 0, level: 'warn', message: '{not json' }, false).slice(9)).toBe('WARN {not json')
  })

  it('is not shown for health checks and debugging', ({ expect }) => {
    expect(isWorthShowing(line(request))).toBe(true)
    expect(isWorthShowing(line({ ...request, path: '/readyz' }))).toBe(false)
    expect(isWorthShowing(line({ ...request, level: 'debug' }))).toBe(false)
  })
})
