/** What an IP address in its usual spelling is for. */

/**
 * Blocks that are not the public internet (https://www.iana.org/assignments/iana-ipv4-special-registry/), as address and bits.
 * 168.63.129.16 is public, and what Azure's machines ask for their secrets.
 */
const IPV4_BLOCKS: readonly (readonly [address: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** Whether an address in dotted form is none of the public internet; `undefined` when it is no IPv4 address. */
export function isSpecialIpv4(text: string): boolean | undefined {
  const address = parseIpv4(text)
  if (address === undefined) return undefined
  return IPV4_BLOCKS.some(([block, bits]) => {
    const size = 2 ** (32 - bits)
    return Math.floor(address / size) === Math.floor((parseIpv4(block) ?? 0) / size)
  })
}

function parseIpv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined
  return parts.reduce((address, part) => address * 256 + Number(part), 0)
}

/**
 * Whether an address is none of the public internet: only global unicast (2000::/3) is, and of that not what is for protocols
 * (2001::/23, with Teredo), documentation, or carries an IPv4 address inside (6to4, ISATAP):
 * https://www.iana.org/assignments/iana-ipv6-special-registry/. What is no IPv6 address is not public either.
 */
export function isSpecialIpv6(text: string): boolean {
  const groups = parseIpv6(text)
  if (!groups) return true
  const [first = 0, second = 0] = groups
  if (first < 0x2000 || first > 0x3fff) return true
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return true
  if (first === 0x2002 || (first === 0x3fff && second < 0x1000)) return true
  return groups[5] === 0x5efe && (groups[4] === 0 || groups[4] === 0x200)
}

/** The eight groups of an address as URLs and resolvers write it. */
function parseIpv6(text: string): number[] | undefined {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  if (!before || !after) return undefined
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  return [...before, ...Array.from({ length: tail === undefined ? 0 : missing }, () => 0), ...after]
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : undefined
}
