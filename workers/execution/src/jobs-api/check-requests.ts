import type { Client } from '@orchestrator/shared/contracts/client'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { type JobRequest, MAX_DELAY_SECONDS } from '@orchestrator/shared/contracts/execution-api'
import { utf8 } from '@orchestrator/shared/core/bytes'
import type { ErrorCode } from '@orchestrator/shared/core/error-codes'
import { AppError, type Issue } from '@orchestrator/shared/core/errors'
import { allowsConnector, allowsQueue, requireScope } from '../clients/authorise.ts'
import { inputIssues } from '@orchestrator/shared/operations/input-issues'
import { MAX_INPUT_BYTES } from '@orchestrator/shared/operations/constants'

/** One job that is asked for. */
export interface AskedJob {
  request: JobRequest
  /** Its input as it is kept: compact JSON. */
  input: string
  /** Bytes of that. */
  inputBytes: number
  /** What the paths of its fields begin with: `jobs.3.` in a batch. */
  at: string
}

export function askedJob(request: JobRequest, at = ''): AskedJob {
  const input = JSON.stringify(request.input ?? null)
  return { request, input, inputBytes: utf8(input).byteLength, at }
}

/**
 * Whether all jobs of a request can be made: what is wrong with any of them is told of all.
 * @throws AppError 400 for wrong values, then 403 for what the client may not do, then 404 for what the configuration does not
 * know, then 400 for inputs that their operation does not take.
 */
export function checkRequests(client: Client, config: ConfigSnapshot, jobs: readonly AskedJob[], now: number): void {
  refuse('validation_failed', 'Some fields are wrong; see issues.', jobs.flatMap(withPath((job) => valueIssues(job, now))))
  requireScope(client, 'jobs:write')
  refuse('forbidden', `The client “${client.id}” may not do this; see issues.`, jobs.flatMap(withPath(rightIssues(client))))
  refuse('not_found', 'Some of what is to be called does not exist; see issues.', jobs.flatMap(withPath(targetIssues(config))))
  const detail = 'Some inputs are not what their operations take; see issues.'
  refuse('validation_failed', detail, jobs.flatMap(withPath(operationIssues(config))))
}

type Check = (job: AskedJob) => Issue[]

function withPath(check: Check): Check {
  return (job) => check(job).map(({ path, message }) => ({ path: `${job.at}${path}`, message }))
}

/** One problem tells itself, several are told beside each other. */
function refuse(code: ErrorCode, detail: string, issues: Issue[]): void {
  const [only, ...others] = issues
  if (!only) return
  throw new AppError(code, others.length === 0 && code !== 'validation_failed' ? only.message : detail, { issues })
}

function valueIssues({ request, inputBytes }: AskedJob, now: number): Issue[] {
  const { runAt } = request
  const issues: Issue[] = []
  if (inputBytes > MAX_INPUT_BYTES) {
    issues.push({ path: 'input', message: `${inputBytes} bytes as JSON, where ${MAX_INPUT_BYTES} are the most` })
  }
  if (runAt !== undefined && Date.parse(runAt) - now > MAX_DELAY_SECONDS * 1_000) {
    issues.push({ path: 'runAt', message: 'more than a year ahead' })
  }
  return issues
}

function rightIssues(client: Client): Check {
  return ({ request }) =>
    placesOf(request).flatMap(({ path, connector, queue }) => {
      const issues: Issue[] = []
      const who = `The client “${client.id}” may not`
      if (!allowsConnector(client, connector)) {
        issues.push({ path: `${path}connector`, message: `${who} call the connector “${connector}”.` })
      }
      if (!allowsQueue(client, queue)) {
        issues.push({ path: `${path}queue`, message: `${who} put jobs into the queue “${queue}”.` })
      }
      return issues
    })
}

function targetIssues(config: ConfigSnapshot): Check {
  return ({ request }) =>
    placesOf(request).flatMap(({ path, connector, operation }) => {
      if (!config.connectors.some(({ id }) => id === connector)) {
        return [{ path: `${path}connector`, message: `There is no connector “${connector}”.` }]
      }
      if (findOperation(config, connector, operation)) return []
      return [{ path: `${path}operation`, message: `The connector “${connector}” has no operation “${operation}”.` }]
    })
}

function operationIssues(config: ConfigSnapshot): Check {
  return ({ request }) => {
    const operation = findOperation(config, request.connector, request.operation)
    return [...(operation ? inputIssues(operation, request.input) : []), ...callbackIssues(config, request.callback)]
  }
}

/** A callback that could never be called is refused now, not found dead when the job has ended. What a schema asks is told then. */
function callbackIssues(config: ConfigSnapshot, callback: JobRequest['callback']): Issue[] {
  const operation = callback && findOperation(config, callback.connector, callback.operation)
  if (!operation || inputIssues({ ...operation, inputSchema: null }, { job: {} }).length === 0) return []
  const message = `“${operation.name}” cannot tell an end: the input of a callback is {job}, and its path or body needs something else`
  return [{ path: 'callback.operation', message }]
}

function findOperation(config: ConfigSnapshot, connector: string, name: string) {
  return config.operations.find((one) => one.connector === connector && one.name === name)
}

/** What a job calls and where it waits, and the same of its callback. */
function placesOf({ connector, operation, queue, callback }: JobRequest) {
  const own = { path: '', connector, operation, queue }
  return callback ? [own, { path: 'callback.', ...callback }] : [own]
}
