import type { Client } from '@orchestrator/shared/contracts/client'
import { clientInput } from '@orchestrator/shared/contracts/client-api'
import { merge, parseStrictly } from '../config/read-input.ts'

/** The client that these fields describe, upon what it was before; its keys stay. @throws AppError 400 naming each field that is wrong. */
export function readClient(before: Client | null, fields: Record<string, unknown>): Client {
  const { keys = [], ...known } = before ?? {}
  const { name, ...client } = parseStrictly(clientInput, merge(known, fields, ['name']))
  return { ...client, name: name ?? client.id, keys }
}
