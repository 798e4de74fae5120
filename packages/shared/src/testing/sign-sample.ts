import type { Preset } from '../contracts/preset.ts'
import { utf8 } from '../core/bytes.ts'
import { findSenderNotes } from '../verification/presets/guides.ts'
import { sign } from '../verification/sign.ts'
import type { SignedRequest } from '../verification/types.ts'
import type { PresetSecret } from './preset-secrets.ts'

/** A preset's sample as its sender would send it. */
export interface SignedSample extends SignedRequest {
  method: string
}

/** `query`: what the registered address has in its query beside what the sample brings. */
export async function signSample(
  preset: Preset,
  { signWith, settings }: PresetSecret,
  { timestamp, query = '' }: { timestamp: number; query?: string },
): Promise<SignedSample> {
  const { body, contentType, headers, query: own = '' } = sampleOf(preset)
  const search = [query, own].filter((text) => text !== '').join('&')
  const [method = 'POST'] = preset.methods
  const request = await sign({
    preset,
    method,
    url: `https://ingress.example.test/webhooks/${preset.id}${search === '' ? '' : `?${search}`}`,
    rawBody: utf8(body),
    contentType,
    headers: { 'content-type': contentType, ...headers },
    secrets: signWith,
    settings,
    timestamp,
  })
  return { method, ...request }
}

function sampleOf({ id }: Preset) {
  const notes = findSenderNotes(id)
  if (notes === undefined) throw new Error(`${id} is not among the guides`)
  return notes.sample
}
