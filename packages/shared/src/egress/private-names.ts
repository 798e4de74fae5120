/**
 * Names that never lead to the public internet: RFC 6761, RFC 6762, RFC 8375, RFC 9476, what ICANN keeps for private use, what
 * clusters and clouds name their insides, and `arpa`.
 */
const PRIVATE_SUFFIXES = [
  'alt',
  'arpa',
  'corp',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'mail',
  'onion',
  'private',
  'svc',
  'test',
  'metadata.goog',
]

/** Public names under which everybody gets the address that the name spells, loopback, or now this and now that address. */
const WILDCARD_NAMES = [
  '1u.ms',
  'backname.io',
  'fuf.me',
  'lacolhost.com',
  'local.gd',
  'localho.st',
  'localhost.direct',
  'localtest.me',
  'lvh.me',
  'nip.io',
  'rbndr.us',
  'rebind.it',
  'rebind.network',
  'sslip.io',
  'traefik.me',
  'vcap.me',
  'xip.io',
]

/** Whether a name, lower-case and without a dot at the end, leads elsewhere than to a public host of its own. */
export function isPrivateName(name: string): boolean {
  if (!name.includes('.') || name.length > 253) return true
  return [...PRIVATE_SUFFIXES, ...WILDCARD_NAMES].some((suffix) => isUnder(name, suffix))
}

/** Whether a name is another, or under it. */
export function isUnder(name: string, other: string): boolean {
  return name === other || name.endsWith(`.${other}`)
}
