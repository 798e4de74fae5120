import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../api/queries.ts'
import { canReadAudit, canReplay } from '../lib/permissions.ts'

/** What the signed-in person may do; undefined until it is known who that is. */
export function usePermissions(): { canReplay: boolean; canReadAudit: boolean } | undefined {
  const { data } = useQuery(meQuery)
  return data && { canReplay: canReplay(data.roles), canReadAudit: canReadAudit(data.roles) }
}
