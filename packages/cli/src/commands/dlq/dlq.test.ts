import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { type FakeControl, type Handler, problem, type Reply, startFakeControl } from '../../testing/fake-control.ts'
import { JOB, LETTER, OPERATION, PLAN } from '../../testing/letters.ts'
import { runCli, type World } from '../../testing/run-cli.ts'

let folder: string
let control: FakeControl | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orc-dlq-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(async () => {
  await control?.stop()
  control = undefined
})

async function orc(routes: Record<string, Handler | Reply>, args: string[], world: World = {}) {
  await control?.stop()
  control = await startFakeControl(routes)
  return { ...(await runCli(args, { ...world, env: { ORC_URL: control.url } })), received: control.received }
}

/** A bulk operation that goes through these states, one a look. */
function bulk(states: Record<string, unknown>[]): Record<string, Handler | Reply> {
  const left = [...states]
  return {
    'POST /v1/bulk-operations/plan': { body: PLAN },
    'POST /v1/bulk-operations': { status: 202, body: OPERATION },
    'GET /v1/bulk-operations/blk_1': () => ({ body: { ...OPERATION, ...(left.length > 1 ? left.shift() : left[0]) } }),
  }
}
const DONE = { status: 'done', done: 198, skipped: 2, finishedAt: '2026-11-30T07:13:20.000Z' }
const replayMany = ['dlq', 'replay', '--connector', 'billing', '--reason', 'billing is back']

describe('orc dlq list', () => {
  it('shows the open ones, with filters as the API has them', async ({ expect }) => {
    const routes = { 'GET /v1/dead-letters': { body: { items: [LETTER], nextCursor: 'more' } } }
    const { out, err, received } = await orc(routes, ['dlq', 'list', '--limit', '1', '--event-type', 'a.b', '--from', '1h'])
    expect(out).toBe(
      'ID       DIED (UTC)           STATUS  QUEUE    CLASS            OPERATION                 TRIES  ERROR\n' +
        'job_a.1  2026-11-30 07:13:11  open    webhook  upstream_failed  billing/set-subscription      3  status 500\n',
    )
    expect(err).toBe('There are more: --limit shows them.\n')
    const query = new URLSearchParams(received[0]?.path.split('?')[1])
    expect(Object.fromEntries(query)).toEqual({ eventType: 'a.b', from: '2026-11-30T11:00:00.000Z', status: 'open', limit: '1' })
  })

  it('says so when there is none, and refuses what is no filter', async ({ expect }) => {
    const none = { 'GET /v1/dead-letters': { body: { items: [], nextCursor: null } } }
    const all = await orc(none, ['dlq', 'list', '--status', 'all'])
    expect([all.out, all.received[0]?.path]).toEqual(['None.\n', '/v1/dead-letters?limit=50'])
    for (const wrong of [
      ['--class', 'bad'],
      ['--connector', 'Not A Slug'],
      ['--limit', '0'],
      ['--from', '1 hour'],
      ['--from', '2026-02-30'],
      ['--to', '2026-02-30T08:00:00Z'],
    ]) {
      const { code, received } = await orc(none, ['dlq', 'list', ...wrong])
      expect([code, received], wrong.join(' ')).toEqual([2, []])
    }
  })
})

describe('orc dlq groups', () => {
  it('are shown with what they have in common', async ({ expect }) => {
    const group = {
      fingerprint: 'abc',
      class: 'timeout',
      connector: null,
      count: 12,
      error: 'no answer',
      firstDiedAt: LETTER.diedAt,
      lastDiedAt: LETTER.diedAt,
    }
    const { out, err } = await orc({ 'GET /v1/dead-letters/groups': { body: { items: [group], capped: true } } }, [
      'dlq',
      'groups',
    ])
    expect(out).toContain('   12  abc          timeout             2026-11-30 07:13:11  no answer\n')
    expect(err).toContain('There are more dead letters than were counted')
  })
})

describe('orc dlq show', () => {
  it('tells the story of its job', async ({ expect }) => {
    const routes = { 'GET /v1/dead-letters/job_a.1': { body: LETTER }, 'GET /v1/jobs/job_a': { body: JOB } }
    const { code, out } = await orc(routes, ['dlq', 'show', 'job_a.1'])
    expect(code).toBe(0)
    for (const text of [
      'status 500',
      'revision 4',
      'customer-1',
      'inline, 14 bytes',
      '1.1      2026-11-30 07:13:11  12 ms  failure  500     status 500',
    ]) {
      expect(out).toContain(text)
    }
    const alone = await orc({ 'GET /v1/dead-letters/job_a.1': { body: LETTER } }, ['dlq', 'show', 'job_a.1', '--json'])
    expect([alone.code, JSON.parse(alone.out)]).toEqual([0, { deadLetter: LETTER, job: null }])
    expect((await orc({}, ['dlq', 'show', 'job_b.1'])).code).toBe(1)
  })

  it('lets nothing that came with a webhook move the cursor of a terminal', async ({ expect }) => {
    const sent = '\u001B[2J'
    const routes = {
      'GET /v1/dead-letters/job_a.1': { body: { ...LETTER, eventType: sent, error: sent, attempts: 1 } },
      'GET /v1/jobs/job_a': { body: { ...JOB, orderingKey: sent } },
    }
    const { out } = await orc(routes, ['dlq', 'show', 'job_a.1'])
    expect(out).not.toContain(sent)
    expect(out.split(String.raw`\u001b[2J`)).toHaveLength(4)
    expect(out).toContain('after 1 attempt\n')
  })
})

describe('orc dlq replay ID', () => {
  const path = 'POST /v1/dead-letters/job_a.1/replay'
  const replayed = { deadLetterId: 'job_a.1', jobId: 'job_a', generation: 2, status: 'queued', auditSeq: 9 }

  it('replays that one, as it was or changed', async ({ expect }) => {
    const plain = await orc({ [path]: { body: replayed } }, ['dlq', 'replay', 'job_a.1', '--reason', 'back'])
    expect([plain.code, plain.out]).toEqual([0, 'job_a is queued again, generation 2 (audit entry 9).\n'])
    expect(plain.received[0]?.body).toEqual({ reason: 'back' })
    await writeFile(join(folder, 'input.json'), '{"amount": 5}')
    const options = ['--config', 'current', '--idempotency-key', 'new', '--input', join(folder, 'input.json')]
    const changed = await orc({ [path]: { body: replayed } }, ['dlq', 'replay', 'job_a.1', '--reason', 'back', ...options])
    expect(changed.received[0]?.body).toEqual({ reason: 'back', config: 'current', idempotencyKey: 'new', input: { amount: 5 } })
  })

  it('refuses an input that cannot be read, in words that fit an input', async ({ expect }) => {
    const { code, err } = await orc({}, ['dlq', 'replay', 'job_a.1', '--reason', 'x', '--input', '-'], { stdin: 'a: [\n' })
    expect(code).toBe(1)
    expect(err).toMatch(/^orc: stdin cannot be read as YAML or JSON\n {2}stdin:2:1 /)
  })

  it('refuses what cannot be meant, and asks nobody', async ({ expect }) => {
    for (const args of [
      ['job_a.1'],
      ['--reason', 'x'],
      ['job_a.1', '--reason', 'x', '--connector', 'billing'],
      ['job_a.1', '--reason', 'x', '--all'],
      ['--all', '--reason', 'x', '--connector', 'billing'],
      ['--all', '--reason', 'x', '--input', 'f'],
      ['--all', '--reason', 'x', '--rate', '501'],
      ['--all', '--yes'],
    ]) {
      const { code, received } = await orc({}, ['dlq', 'replay', ...args])
      expect([code, received], args.join(' ')).toEqual([2, []])
    }
  })

  it('does nothing where an option that is for many, such as --dry-run, is given', async ({ expect }) => {
    for (const verb of ['replay', 'discard']) {
      for (const option of [['--dry-run'], ['--detach'], ['--rate', '5'], ['--stop-after-failures', '5']]) {
        const { code, err, received } = await orc({}, ['dlq', verb, 'job_a.1', '--reason', 'x', ...option])
        expect([code, received], `${verb} ${option.join(' ')}`).toEqual([2, []])
        expect(err).toContain(`${option[0]} is for many`)
      }
    }
    const yes = await orc({ [path]: { body: replayed } }, ['dlq', 'replay', 'job_a.1', '--reason', 'x', '--yes'])
    expect(yes.code).toBe(0)
  })
})

describe('orc dlq replay by a filter', () => {
  it('shows the plan, asks, starts, and shows how far it is', async ({ expect }) => {
    const states = [{ done: 0 }, { done: 98, skipped: 2 }, DONE]
    const { code, out, err, asked, received } = await orc(bulk(states), replayMany, { answers: ['y'], columns: 200 })
    expect([code, asked]).toEqual([0, ['Replay 200? [y/N] ']])
    expect(out).toContain('replay dead letters: connector=billing\n200 at 50 a second: about 4 s.\n')
    expect(out).toContain('job_a.1')
    expect(err).toContain('50 %  100/200  2 skipped  about 1 s left')
    expect(out).toContain('blk_1  done 2026-11-30 07:13:20 UTC')
    const start = received.find(({ path, method }) => method === 'POST' && path === '/v1/bulk-operations')
    expect(start?.body).toEqual({
      target: { kind: 'replay_dead_letters', filter: { connector: 'billing' }, options: {} },
      stopAfterFailures: null,
      reason: 'billing is back',
    })
    expect(start?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('starts once, even when the answer is lost', async ({ expect }) => {
    const keys: unknown[] = []
    const flaky: Handler = ({ headers }, response) => {
      keys.push(headers['idempotency-key'])
      if (keys.length > 1) return { status: 202, body: OPERATION }
      response.destroy()
    }
    const { code } = await orc({ ...bulk([DONE]), 'POST /v1/bulk-operations': flaky }, [...replayMany, '--yes'])
    expect([code, keys.length, new Set(keys).size]).toEqual([0, 2, 1])
  })

  it('is watched over a silence of control, but not for ever', async ({ expect }) => {
    let looks = 0
    const flaky: Handler = (_request, response) => (++looks > 6 ? { body: { ...OPERATION, ...DONE } } : void response.destroy())
    const args = ['bulk', 'watch', 'blk_1']
    expect((await orc({ 'GET /v1/bulk-operations/blk_1': flaky }, args)).code).toBe(0)
    const silent: Handler = (_request, response) => void response.destroy()
    const { code, err } = await orc({ 'GET /v1/bulk-operations/blk_1': silent }, args)
    expect([code, err.includes('orc bulk watch blk_1')]).toEqual([1, true])
    expect((await orc({}, args)).received.length).toBe(1)
  })

  it('goes on without us after Ctrl-C, which says how to watch, pause and cancel it', async ({ expect }) => {
    const { code, err } = await orc(bulk([{ done: 1 }]), [...replayMany, '--yes'], { interruptAtSleep: 2 })
    expect(code).toBe(130)
    for (const verb of ['watch', 'pause', 'cancel']) expect(err).toContain(`orc bulk ${verb} blk_1`)
  })

  it('is not watched any longer after Ctrl-C while control is silent or hangs', async ({ expect }) => {
    const silent: Handler = (_request, response) => void response.destroy()
    const quiet = await orc({ 'GET /v1/bulk-operations/blk_1': silent }, ['bulk', 'watch', 'blk_1'], { interruptAtSleep: 5 })
    expect([quiet.code, quiet.slept.length, quiet.err.includes('orc bulk cancel blk_1')]).toEqual([130, 5, true])
    const ctrlC = new AbortController()
    const hanging = { ...bulk([]), 'GET /v1/bulk-operations/blk_1': () => ctrlC.abort() }
    const { code, received } = await orc(hanging, [...replayMany, '--yes', '--timeout', '1'], { interrupt: ctrlC.signal })
    expect([code, received.length]).toEqual([130, 3])
  })

  it('only shows the plan with --dry-run, and where none fits', async ({ expect }) => {
    const dry = await orc(bulk([DONE]), ['dlq', 'replay', '--all', '--dry-run', '--rate', '100', '--json'])
    expect([dry.code, JSON.parse(dry.out)]).toEqual([0, PLAN])
    expect(dry.received.map(({ body }) => body)).toEqual([
      { target: { kind: 'replay_dead_letters', filter: {}, options: {} }, ratePerSecond: 100 },
    ])
    const none = { 'POST /v1/bulk-operations/plan': { body: { ...PLAN, count: 0, sample: [] } } }
    expect((await orc(none, replayMany)).out).toContain('None fits: there is nothing to do.')
  })

  it('ends with 1 where some failed, or it did not come to its end', async ({ expect }) => {
    const failed = { status: 'done', done: 199, failed: 1, lastError: 'a row cannot be read' }
    const some = await orc(bulk([failed]), [...replayMany, '--yes', '--json'])
    expect([some.code, JSON.parse(some.out)]).toEqual([1, { ...OPERATION, ...failed }])
    // Those that died again count, and are none of those that could not be replayed.
    const stopped = await orc(bulk([{ status: 'stopped', stopAfterFailures: 5, done: 10 }]), [...replayMany, '--yes'])
    expect(stopped.code).toBe(1)
    expect(stopped.out).toContain('  It stopped by itself: 5 or more died again, or could not be replayed.\n')
    expect(stopped.out).toContain('orc bulk resume blk_1 --reason TEXT')
  })

  it('does not wait with --detach, and needs --yes where nobody is there', async ({ expect }) => {
    const { code, out, received } = await orc(bulk([DONE]), [...replayMany, '--yes', '--detach', '--stop-after-failures', '10'])
    expect([code, out.includes('blk_1 has started.')]).toEqual([0, true])
    expect(received.at(-1)).toMatchObject({ method: 'POST', body: { stopAfterFailures: 10 } })
    expect((await orc(bulk([DONE]), replayMany)).code).toBe(2)
  })
})

describe('orc dlq discard', () => {
  it('closes one, or many', async ({ expect }) => {
    const discarded = { deadLetterId: 'job_a.1', jobId: 'job_a', status: 'discarded', auditSeq: null }
    const one = await orc({ 'POST /v1/dead-letters/job_a.1/discard': { body: discarded } }, [
      'dlq',
      'discard',
      'job_a.1',
      '--reason',
      'gone',
    ])
    expect(one.out).toBe('job_a.1 is discarded (it was before).\n')
    const many = await orc(bulk([DONE]), ['dlq', 'discard', '--fingerprint', 'abc', '--reason', 'tests', '--yes', '--json'])
    expect(many.code).toBe(0)
    expect(many.received[1]?.body).toMatchObject({ target: { kind: 'discard_dead_letters', filter: { fingerprint: 'abc' } } })
  })
})

describe('orc bulk', () => {
  it('lists, shows, watches', async ({ expect }) => {
    const routes = { ...bulk([DONE]), 'GET /v1/bulk-operations': { body: { items: [OPERATION], nextCursor: null } } }
    expect((await orc(routes, ['bulk', 'list'])).out).toContain('blk_1  2026-11-30 07:13:11  replay_dead_letters  running  0/200')
    const cut = { 'GET /v1/bulk-operations': { body: { items: [OPERATION], nextCursor: 'more' } } }
    expect((await orc(cut, ['bulk', 'list', '--limit', '1'])).err).toBe('There are more: --limit shows them.\n')
    expect((await orc(routes, ['bulk', 'show', 'blk_1'])).out).toContain('198 done, 2 skipped, 0 failed of 200')
    expect((await orc(routes, ['bulk', 'watch', 'blk_1'])).code).toBe(0)
  })

  it('pauses, resumes and cancels, with a reason', async ({ expect }) => {
    for (const verb of ['pause', 'resume', 'cancel']) {
      const route = `POST /v1/bulk-operations/blk_1/${verb}`
      const { code, received } = await orc({ [route]: { body: OPERATION } }, ['bulk', verb, 'blk_1', '--reason', 'slow'])
      expect([code, received[0]?.body]).toEqual([0, { reason: 'slow' }])
      const late = problem(409, 'conflict', 'It is done.')
      expect((await orc({ [route]: late }, ['bulk', verb, 'blk_1', '--reason', 'slow'])).err).toContain('It is done.')
    }
  })
})
