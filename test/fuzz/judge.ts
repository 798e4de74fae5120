import { executeRequest, jobBatchRequest, jobRequest } from '@orchestrator/shared/contracts/execution-api'
import type { z } from 'zod'
import type { Answer } from '../load/harness.ts'
import type { Endpoint, Hostile } from './requests.ts'

const CONTRACTS: Record<Endpoint, z.ZodType> = { execute: executeRequest, jobs: jobRequest, batch: jobBatchRequest }

/** What is wrong with an answer; nothing where it is as promised. */
export function faultsOf(request: Hostile, answer: Answer): string[] {
  const faults: string[] = []
  if (answer.status === 500 || answer.status < 200 || answer.status > 504) faults.push(`the status is ${answer.status}`)
  if (answer.status < 400) return [...faults, ...refusalMissing(request, answer)]
  if (answer.headers['content-type'] !== 'application/problem+json') faults.push('it is no problem document')
  const problem = parse(answer.body)
  for (const field of ['type', 'title', 'status', 'detail', 'code', 'requestId']) {
    if (problem?.[field] === undefined) faults.push(`the problem has no ${field}`)
  }
  if (problem?.['status'] !== answer.status) faults.push('the problem tells another status')
  return [...faults, ...namesMissing(request, answer, problem)]
}

/** A body that the contract refuses must not pass. */
function refusalMissing({ endpoint, value }: Hostile, { status }: Answer): string[] {
  if (value === undefined || CONTRACTS[endpoint].safeParse(value).success) return []
  return [`the contract refuses the body, and it was answered ${status}`]
}

/** Each field that the contract refuses is named, by its path or that of what holds it. */
function namesMissing({ endpoint, value }: Hostile, { status }: Answer, problem: Record<string, unknown> | undefined): string[] {
  if (value === undefined) return []
  const parsed = CONTRACTS[endpoint].safeParse(value)
  if (parsed.success) return []
  if (status !== 400) return [`the contract refuses the body, and it was answered ${status}`]
  const named = ((problem?.['issues'] ?? []) as { path: string; message: string }[]).map(({ path }) => path)
  return parsed.error.issues
    .map(({ path }) => path.join('.'))
    .filter((path) => !named.includes(path))
    .map((path) => `the issues do not name “${path}”: ${named.join(', ')}`)
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}
