import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { OperationView } from '@orchestrator/shared/contracts/connector-api'
import { findOperation, type OperationPlace } from './find.ts'
import { toOperationView } from './to-api.ts'

/** One operation as it is now. */
export async function getOperation(
  deps: { configInForce(): Promise<ConfigSnapshot> },
  place: OperationPlace,
): Promise<OperationView> {
  const config = await deps.configInForce()
  return toOperationView(findOperation(config, place), config)
}
