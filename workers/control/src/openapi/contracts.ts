import * as accessApi from '@orchestrator/shared/contracts/access-api'
import * as audit from '@orchestrator/shared/contracts/audit'
import * as auditApi from '@orchestrator/shared/contracts/audit-api'
import * as breaker from '@orchestrator/shared/contracts/breaker'
import * as bulkApi from '@orchestrator/shared/contracts/bulk-api'
import * as change from '@orchestrator/shared/contracts/change'
import * as client from '@orchestrator/shared/contracts/client'
import * as clientApi from '@orchestrator/shared/contracts/client-api'
import * as config from '@orchestrator/shared/contracts/config'
import * as configApi from '@orchestrator/shared/contracts/config-api'
import * as configDocument from '@orchestrator/shared/contracts/config-document'
import * as connector from '@orchestrator/shared/contracts/connector'
import * as connectorApi from '@orchestrator/shared/contracts/connector-api'
import * as controlApi from '@orchestrator/shared/contracts/control-api'
import * as events from '@orchestrator/shared/contracts/events'
import * as fact from '@orchestrator/shared/contracts/fact'
import * as health from '@orchestrator/shared/contracts/health'
import * as impersonationApi from '@orchestrator/shared/contracts/impersonation-api'
import * as jobs from '@orchestrator/shared/contracts/jobs'
import * as pauseApi from '@orchestrator/shared/contracts/pause-api'
import * as policy from '@orchestrator/shared/contracts/policy'
import * as policyApi from '@orchestrator/shared/contracts/policy-api'
import * as policyInput from '@orchestrator/shared/contracts/policy-input'
import * as policyLab from '@orchestrator/shared/contracts/policy-lab'
import * as preset from '@orchestrator/shared/contracts/preset'
import * as queue from '@orchestrator/shared/contracts/queue'
import * as replayApi from '@orchestrator/shared/contracts/replay-api'
import * as secretApi from '@orchestrator/shared/contracts/secret-api'
import * as senderApi from '@orchestrator/shared/contracts/sender-api'
import * as senderGuide from '@orchestrator/shared/contracts/sender-guide'
import * as workApi from '@orchestrator/shared/contracts/work-api'
import * as problem from './problem.ts'

/** Whose exported schemas become components, under the names they have there. */
export const CONTRACTS: readonly object[] = [
  accessApi,
  audit,
  auditApi,
  breaker,
  bulkApi,
  change,
  client,
  clientApi,
  config,
  configApi,
  configDocument,
  connector,
  connectorApi,
  controlApi,
  events,
  fact,
  health,
  impersonationApi,
  jobs,
  pauseApi,
  policy,
  policyApi,
  policyInput,
  policyLab,
  preset,
  queue,
  replayApi,
  secretApi,
  senderApi,
  senderGuide,
  workApi,
  problem,
]
