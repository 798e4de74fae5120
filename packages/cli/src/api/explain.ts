import * as z from 'zod'
import { CliError } from '../cli-error.ts'
import { isLocal } from './local-names.ts'

/** What we use of the server's problem document; more may be in it. */
const problemSchema = z.looseObject({
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof problemSchema>

/** The server's problem document; undefined where the answer is something else. */
export function readProblem(text: string): Problem | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** An answer that is an error, with what to do about it. */
export function explainAnswer(answer: { url: URL; method: string; status: number; headers: Headers; text: string }): CliError {
  const { url, method, status, headers, text } = answer
  const problem = readProblem(text)
  const location = headers.get('location')
  if (status >= 300 && status < 400) {
    return new CliError(`${url.host} redirects to ${location ?? 'somewhere'} instead of answering`, {
      code: 'unauthenticated',
      hint: tokenHint(url),
    })
  }
  if (!problem) {
    return new CliError(`${method} ${url.pathname}: ${status} from ${url.host}, not in Orchestrator's words`, {
      code: status === 401 || status === 403 ? 'unauthenticated' : 'unexpected_answer',
      lines: [text.trim().slice(0, 200)].filter((line) => line !== ''),
      hint: status === 401 || status === 403 ? tokenHint(url) : 'Is --url (ORC_URL) the address of control?',
    })
  }
  const seen = problem.requestId === undefined ? [] : [`request ${problem.requestId}`]
  const issues = (problem.issues ?? []).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const hint = hintFor(problem, url, headers.get('retry-after'))
  return new CliError(`${problem.title} (${problem.status} ${problem.code})`, {
    code: problem.code,
    lines: [...(problem.detail === undefined ? [] : [problem.detail]), ...issues, ...seen],
    problem,
    ...(hint === undefined ? {} : { hint }),
  })
}

function hintFor(problem: Problem, url: URL, retryAfter: string | null): string | undefined {
  if (problem.status === 401) return tokenHint(url)
  if (problem.status === 412) return 'Somebody changed it meanwhile: look at the plan again.'
  if (problem.status === 429 || problem.status === 503) {
    return retryAfter === null ? 'Try again in a moment.' : `Try again after ${retryAfter} s.`
  }
  if (problem.status >= 500) return 'Try again; if it stays, look for the request in the Worker’s logs.'
  return undefined
}

/** How to get a token for this address. */
export function tokenHint(url: URL): string {
  if (isLocal(url.hostname)) return 'On the local stack say who you are: --as admin@example.com'
  return (
    `Get a token: export ORC_TOKEN=$(cloudflared access token --app ${url.origin}), ` +
    'or set ORC_CLIENT_ID and ORC_CLIENT_SECRET to a service token’s.'
  )
}

/** No answer at all. `wrote`: the request changes something, and may have arrived. */
export function explainNoAnswer(failure: { url: URL; method: string; code: string; wrote: boolean }): CliError {
  const { url, method, code, wrote } = failure
  const message = `${method} ${url.pathname}: no answer from ${url.host} (${code})`
  return new CliError(message, { code: 'no_answer', hint: noAnswerHint(url, code, wrote) })
}

function noAnswerHint(url: URL, code: string, wrote: boolean): string {
  if (code === 'ECONNREFUSED') {
    if (!isLocal(url.hostname)) return 'Nobody listens there: is --url (ORC_URL) right?'
    return 'Nobody listens there: is the stack up (npx -y pnpm@12 dev), and on this port?'
  }
  if (code === 'ENOTFOUND') return 'There is no such name: is --url (ORC_URL) right?'
  if (code === 'EPROTO') return 'It does not speak TLS: is --url (ORC_URL) right, with this port?'
  if (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(code)) return 'Its certificate is not trusted here (NODE_EXTRA_CA_CERTS adds one).'
  if (wrote) return 'It may have been done all the same: look before you repeat it.'
  return 'Is the network there? --timeout gives it more time.'
}
