import * as z from 'zod'
import { decodeUtf8 } from '../core/bytes.ts'
import { readStream } from '../core/read-stream.ts'

/** https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json/ */
const RESOLVER = 'https://cloudflare-dns.com/dns-query'
const DEADLINE_MS = 3_000
const MAX_ANSWER_BYTES = 65_536

const answer = z.object({ Answer: z.array(z.object({ type: z.int(), data: z.string() })).default([]) })
const RECORDS = { A: 1, AAAA: 28 } as const
const CNAME = 5

export interface Resolved {
  /** IPv4 in dotted form, IPv6 without brackets. */
  addresses: string[]
  /** Names that it stands for, lower-case and without a dot at the end. */
  aliases: string[]
}

export type ResolverFetch = (url: string, init: RequestInit) => Promise<Response>

/** The addresses a name has now, over HTTPS. Empty when it has none. Throws when the resolver does not answer within 3 s. */
export async function resolveName(name: string, fetch: ResolverFetch): Promise<Resolved> {
  const found = await Promise.all([ask(name, 'A', fetch), ask(name, 'AAAA', fetch)])
  return { addresses: found.flatMap(({ addresses }) => addresses), aliases: found.flatMap(({ aliases }) => aliases) }
}

async function ask(name: string, record: keyof typeof RECORDS, fetch: ResolverFetch): Promise<Resolved> {
  const response = await fetch(`${RESOLVER}?name=${encodeURIComponent(name)}&type=${record}`, {
    headers: { accept: 'application/dns-json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`the resolver answered ${response.status}`)
  }
  const bytes = await readStream(response.body, MAX_ANSWER_BYTES)
  const { Answer: records } = answer.parse(JSON.parse((bytes && decodeUtf8(bytes)) ?? ''))
  const dataOf = (type: number) => records.filter((one) => one.type === type).map(({ data }) => data.toLowerCase())
  return { addresses: dataOf(RECORDS[record]), aliases: dataOf(CNAME).map((alias) => alias.replace(/\.$/, '')) }
}
