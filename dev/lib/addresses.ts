import { HOSTS } from '../gateway/hosts.ts'
import { localUrl, PEOPLE } from '../values.ts'

/** What a person needs to begin: the addresses, and who they can be. */
export function addresses(port: number): string {
  const hosts = Object.entries(HOSTS).map(([name, { about }]) => `  ${localUrl(name, port).padEnd(34)} ${about}`)
  const people = PEOPLE.map(({ email, about }) => `  ${email.padEnd(34)} ${about}`)
  return [`Ready on http://localhost:${port}`, '', ...hosts, '', 'People:', ...people].join('\n')
}
