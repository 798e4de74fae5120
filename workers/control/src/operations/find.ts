import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Operation } from '@orchestrator/shared/contracts/connector'
import { AppError } from '@orchestrator/shared/core/errors'
import { findOrThrow } from '../config/edit.ts'

/** One operation of a connector. */
export interface OperationPlace {
  connector: string
  name: string
}

export const isAt =
  ({ connector, name }: OperationPlace) =>
  (operation: OperationPlace): boolean =>
    operation.connector === connector && operation.name === name

/** @throws AppError 404 where the connector or its operation is not there. */
export function findOperation(config: ConfigSnapshot, place: OperationPlace): Operation {
  findOrThrow(config.connectors, place.connector, 'connector')
  const found = config.operations.find(isAt(place))
  if (!found) throw new AppError('not_found', `The connector ${place.connector} has no operation ${place.name}.`)
  return found
}
