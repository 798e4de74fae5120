import { describe, it } from 'vitest'
import { createLogger } from './logger.ts'
import { createErrorReporter } from './sentry.ts'

describe('logger', () => {
  it('writes one JSON object a line, with the fields of its parents', ({ expect }) => {
    const lines: unknown[] = []
    const logger = createLogger({ worker: 'ingress' }, (level, line) => lines.push([level, JSON.parse(line)]))
    logger.with({ requestId: 'r' }).log('warn', 'slow\nquery', { ms: 5 })
    expect(lines).toEqual([['warn', { level: 'warn', message: 'slow\nquery', worker: 'ingress', requestId: 'r', ms: 5 }]])
  })

  it('survives a field that cannot be written', ({ expect }) => {
    const lines: string[] = []
    const circular: Record<string, unknown> = {}
    circular.self = circular
    createLogger({}, (_, line) => lines.push(line)).log('info', 'x', { circular: circular as never })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('could not be written')
  })
})

describe('error reporter', () => {
  const options = { release: 'ingress@1', environment: 'production', traceId: 'abc' }

  it('does nothing without a DSN, and never throws with a broken one', ({ expect }) => {
    const waited: Promise<unknown>[] = []
    const context = { waitUntil: (promise: Promise<unknown>) => void waited.push(promise) }
    createErrorReporter({ ...options, dsn: undefined, context }).report(new Error('x'))
    createErrorReporter({ ...options, dsn: 'not a dsn', context }).report(new Error('x'))
    expect(waited).toEqual([])
  })

  it('sends release, environment and trace id, and nothing of the request', async ({ expect }) => {
    const sent: string[] = []
    const realFetch = globalThis.fetch
    globalThis.fetch = async (_url, init) => {
      sent.push(await new Response(init?.body).text())
      return new Response('{}')
    }
    try {
      const waited: Promise<unknown>[] = []
      const context = { waitUntil: (promise: Promise<unknown>) => void waited.push(promise) }
      const reporter = createErrorReporter({ ...options, dsn: 'https://public@sentry.example.com/1', context })
      reporter.report(new Error('it broke'), { code: 'internal_error' })
      await Promise.all(waited)
    } finally {
      globalThis.fetch = realFetch
    }
    expect(sent).toHaveLength(1)
    const report = sent[0] ?? ''
    for (const wanted of ['it broke', 'ingress@1', 'production', '"trace_id":"abc"']) expect(report).toContain(wanted)
    for (const unwanted of ['"request"', 'cookie', 'authorization']) expect(report).not.toContain(unwanted)
  })
})
