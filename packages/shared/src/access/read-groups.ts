import type { JWTPayload } from 'jose'
import { isObject } from '../core/is-object.ts'
import { MAX_GROUP_LENGTH, MAX_GROUPS } from './constants.ts'

/**
 * The groups of a person, sorted: the claim `groups`, or what the identity provider was set up to pass on, which Access puts under
 * `custom` (https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token/#custom-saml-attributes-and-oidc-claims).
 * A group is a text, or an object with `id` and `name` (Entra ID and Okta by Access's own integrations): a role may be bound to either. What is
 * none, or too long, counts as no group: fewer groups can only mean fewer rights.
 */
export function readGroups(claims: JWTPayload): string[] {
  const { custom } = claims
  const lists: unknown[] = [claims['groups'], isObject(custom) ? custom['groups'] : undefined]
  const named = lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : [list])).slice(0, MAX_GROUPS)
  return [...new Set(named.flatMap(namesOf))].sort()
}

function namesOf(group: unknown): string[] {
  const names: unknown[] = isObject(group) ? [group['id'], group['name']] : [group]
  return names.filter((name) => typeof name === 'string' && isGroupName(name)) as string[]
}

/** Whether a group can be called that. White space around it would be seen by nobody. */
function isGroupName(name: string): boolean {
  return name !== '' && name.trim() === name && name.length <= MAX_GROUP_LENGTH
}
