import type { Client } from '@orchestrator/shared/contracts/client'
import type { ClientView } from '@orchestrator/shared/contracts/client-api'
import type { Cloning } from '../config/clone-item.ts'
import { refuseIssues } from '../config/edit.ts'
import { checkClient } from './check.ts'
import { readClient } from './read-client.ts'
import { toAuditView, toClientView } from './to-api.ts'

/**
 * A clone may do what its source may, but nobody comes in as it: it has no key and no service token, and is disabled until somebody
 * enables it. The warnings of its view say so. `now` in ms.
 */
export function clientCloning(now: number): Cloning<Client, ClientView> {
  return {
    kind: 'client',
    items: ({ clients }) => clients,
    read: ({ name: _name, ...source }, fields) =>
      readClient({ ...source, name: String(fields['id']), enabled: false, serviceTokens: [], keys: [] }, fields),
    add(clone, current) {
      refuseIssues(checkClient(clone, current))
      return { clients: [...current.clients, clone] }
    },
    toAudit: toAuditView,
    toView: (clone) => toClientView(clone, now),
  }
}
