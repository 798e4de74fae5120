import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import type { JobDetail, WebhookDetail } from '@orchestrator/shared/contracts/control-api'
import { eventually } from './eventually.ts'

export type Person = 'viewer' | 'operator' | 'admin' | 'auditor'

/** A token of the local Access. */
export async function token(port: number, email: string, query = 'app=console'): Promise<string> {
  const response = await localFetch(`http://access.localhost:${port}/token?email=${email}&${query}`)
  if (!response.ok) throw new Error(await response.text())
  return (await response.text()).trim()
}

export interface Answer<T> {
  status: number
  body: T
}

/** Asks the operators' API as a person of development. */
export async function ask<T = Record<string, unknown>>(
  port: number,
  person: Person,
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  return askWith<T>(port, { 'cf-access-jwt-assertion': await token(port, `${person}@example.com`) }, path, body)
}

/** Asks the operators' API with these headers. */
export async function askWith<T = Record<string, unknown>>(
  port: number,
  headers: Record<string, string>,
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  const response = await localFetch(`http://control.localhost:${port}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as T }
}

/** The one job that a webhook made. */
export async function jobOf(port: number, inboxId: string): Promise<JobDetail> {
  const { body: webhook } = await ask<WebhookDetail>(port, 'viewer', `/v1/inbox/${inboxId}`)
  if (webhook.jobs.length !== 1) throw new Error(`${inboxId} has ${webhook.jobs.length} jobs`)
  return (await ask<JobDetail>(port, 'viewer', `/v1/jobs/${webhook.jobs[0]?.id}`)).body
}

/** Waits until the webhook's job has this status, and answers the job. */
export async function jobReaches(
  port: number,
  inboxId: string,
  status: JobDetail['status'],
  timeoutMs = 30_000,
): Promise<JobDetail> {
  let job: JobDetail | undefined
  await eventually(`the job being ${status}`, timeoutMs, async () => {
    job = await jobOf(port, inboxId)
    return job.status === status || `it is ${job.status} after ${job.attemptCount} attempts (${job.lastError})`
  })
  if (!job) throw new Error('unreachable')
  return job
}
