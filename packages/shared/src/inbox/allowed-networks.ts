import ipaddr from 'ipaddr.js'

/** Whether an address is in one of the networks (single addresses or CIDR). An empty list allows everybody. */
export function isAllowed(ip: string | null, networks: readonly string[]): boolean {
  if (networks.length === 0) return true
  if (ip === null || !ipaddr.isValid(ip)) return false
  // `process` also takes an IPv4 address out of its IPv6 mapping.
  const address = ipaddr.process(ip)
  return networks.some((network) => {
    const [base, bits] = network.includes('/') ? ipaddr.parseCIDR(network) : whole(ipaddr.parse(network))
    return base.kind() === address.kind() && address.match(base, bits)
  })
}

function whole(address: ipaddr.IPv4 | ipaddr.IPv6): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
