import type { Operation } from '../contracts/connector.ts'

/** Methods whose repetition changes nothing more (RFC 9110, section 9.2.2). */
const IDEMPOTENT_METHODS: readonly Operation['method'][] = ['GET', 'PUT', 'DELETE']

/** Whether an operation may be called twice: as it says itself, or by its method. */
export function isIdempotent(operation: Pick<Operation, 'method' | 'idempotent'>): boolean {
  return operation.idempotent ?? IDEMPOTENT_METHODS.includes(operation.method)
}
