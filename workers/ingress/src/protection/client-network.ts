import ipaddr from 'ipaddr.js'

/** The address a request came from, as Cloudflare tells it. https://developers.cloudflare.com/fundamentals/reference/http-headers/ */
export function clientIp(headers: Headers): string | null {
  return headers.get('cf-connecting-ip')
}

/** Whether the request comes from this machine, as in development. */
export function isLoopback(ip: string | null): boolean {
  return ip === null || (ipaddr.isValid(ip) && ipaddr.process(ip).range() === 'loopback')
}

/** Whoever has an IPv6 address has a network of them (/64): all of it counts as one. */
export function whoeverHas(ip: string | null): string {
  if (ip === null || !ip.includes(':') || !ipaddr.isValid(ip)) return String(ip)
  const address = ipaddr.process(ip)
  return address.kind() === 'ipv4' ? address.toString() : (address as ipaddr.IPv6).parts.slice(0, 4).join(':')
}
