/** What an IP address in its usual spelling is for. */
import ipaddr from 'ipaddr.js'

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

const IPV4_RANGES = IPV4_BLOCKS.map(([address, bits]) => ipaddr.IPv4.parseCIDR(`${address}/${bits}`))

/** Whether an address in dotted form is none of the public internet; `undefined` when it is no IPv4 address. */
export function isSpecialIpv4(text: string): boolean | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined
  const address = ipaddr.IPv4.parse(text)
  return IPV4_RANGES.some((range) => address.match(range))
}

/**
 * Whether an address is none of the public internet: only global unicast (2000::/3) is, and of that not what is for protocols
 * (2001::/23, with Teredo), documentation, or carries an IPv4 address inside (6to4, ISATAP):
 * https://www.iana.org/assignments/iana-ipv6-special-registry/. What is no IPv6 address is not public either.
 */
export function isSpecialIpv6(text: string): boolean {
  // As URLs and resolvers write them: zones and dotted ends are none of theirs.
  if (!/^[\da-f:]+$/i.test(text) || !ipaddr.IPv6.isValid(text)) return true
  const groups = ipaddr.IPv6.parse(text).parts
  const [first = 0, second = 0] = groups
  if (first < 0x2000 || first > 0x3fff) return true
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return true
  if (first === 0x2002 || (first === 0x3fff && second < 0x1000)) return true
  return groups[5] === 0x5efe && (groups[4] === 0 || groups[4] === 0x200)
}
