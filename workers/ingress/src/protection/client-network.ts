import ipaddr from 'ipaddr.js'

/** The address a request came from, as Cloudflare tells it. https://developers.cloudflare.com/fundamentals/reference/http-headers/ */
export function clientIp(headers: Headers): string | null {
  return headers.get('cf-connecting-ip')
}

/** Whether the request comes from this machine, as in development. */
export function isLoopback(ip: string | null): boolean {
  return ip === null || (ipaddr.isValid(ip) && ipaddr.process(ip).range() === 'loopback')
}
