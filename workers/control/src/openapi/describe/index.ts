import type { RouteKey } from '../../roles/route-roles.ts'
import type { Description } from '../description.ts'
import { ACCESS } from './access.ts'
import { AUDIT } from './audit.ts'
import { BULK_OPERATIONS } from './bulk-operations.ts'
import { CLIENTS } from './clients.ts'
import { CONFIGURATION } from './configuration.ts'
import { CONNECTORS } from './connectors.ts'
import { DEAD_LETTERS } from './dead-letters.ts'
import { DOCS } from './docs.ts'
import { IMPERSONATIONS } from './impersonations.ts'
import { JOBS } from './jobs.ts'
import { OVERVIEW } from './overview.ts'
import { POLICIES } from './policies.ts'
import { ROUTES } from './routes.ts'
import { SECRETS } from './secrets.ts'
import { SENDERS } from './senders.ts'
import { WEBHOOKS } from './webhooks.ts'

/** Every route, described: one without an entry does not compile. */
export const DESCRIPTIONS: Record<RouteKey, Description> = {
  ...DOCS,
  ...OVERVIEW,
  ...WEBHOOKS,
  ...JOBS,
  ...DEAD_LETTERS,
  ...BULK_OPERATIONS,
  ...SENDERS,
  ...ROUTES,
  ...CONNECTORS,
  ...POLICIES,
  ...CLIENTS,
  ...CONFIGURATION,
  ...SECRETS,
  ...ACCESS,
  ...IMPERSONATIONS,
  ...AUDIT,
}
