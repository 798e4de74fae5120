import type { HandshakeOutcome, HandshakeReply } from './types.ts'

/** Challenges are short. Whoever sends more wants us to say something for him. */
const MAX_ECHO_LENGTH = 1_024

/** What goes back must never be taken for a page or a script, whatever is in it. */
const NO_SNIFF = { 'x-content-type-options': 'nosniff' }

export const REFUSED: HandshakeOutcome = { kind: 'refuse' }

/** Whether a text that came with the request may be repeated: some text, not long, and without control characters. */
export function isEchoable(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && text.length <= MAX_ECHO_LENGTH && !/\p{Cc}/u.test(text)
}

/** Repeats a challenge as plain text, or refuses what is none. */
export function echo(text: unknown): HandshakeOutcome {
  if (!isEchoable(text)) return REFUSED
  return { kind: 'reply', reply: { status: 200, headers: { ...NO_SNIFF, 'content-type': 'text/plain' }, body: text } }
}

export function json(value: unknown): HandshakeOutcome {
  const headers = { ...NO_SNIFF, 'content-type': 'application/json' }
  return { kind: 'reply', reply: { status: 200, headers, body: JSON.stringify(value) } }
}

/** 200 without a body. */
export function empty(headers: Record<string, string> = {}): HandshakeReply {
  return { status: 200, headers, body: null }
}
