/**
 * The upstream of the load tests, in a process of its own so that nobody's work delays its clock. `PUT /__mode` says how it
 * answers, `GET /__seen` what it saw, `DELETE /__seen` forgets it.
 */
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface UpstreamMode {
  /** `down`: it answers 503 at once. */
  kind: 'up' | 'down'
  /** How long an answer takes, ms. */
  delayMs: number
}

export interface Seen {
  /** When each call came, ms. */
  at: number[]
  mostInFlight: number
  /** `Idempotency-Key` of each call. */
  keys: string[]
}

let mode: UpstreamMode = { kind: 'up', delayMs: 0 }
let seen: Seen = { at: [], mostInFlight: 0, keys: [] }
let inFlight = 0

const server = createServer((request, response) => {
  const at = performance.now()
  let text = ''
  request.on('data', (piece: Buffer) => (text += piece.toString()))
  request.on('end', () => void answer(at, text))

  async function answer(cameAt: number, body: string): Promise<void> {
    if (request.url === '/__mode') mode = JSON.parse(body) as UpstreamMode
    if (request.url === '/__seen' && request.method === 'DELETE') seen = { at: [], mostInFlight: 0, keys: [] }
    if (request.url?.startsWith('/__')) {
      response.end(JSON.stringify(seen))
      return
    }
    seen.at.push(cameAt)
    seen.keys.push(String(request.headers['idempotency-key']))
    seen.mostInFlight = Math.max(seen.mostInFlight, ++inFlight)
    const { kind, delayMs } = mode
    if (delayMs > 0) await sleep(delayMs)
    inFlight--
    response.writeHead(kind === 'up' ? 200 : 503, { 'content-type': 'application/json' })
    response.end('{"ok":true}')
  }
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.(address.port)
})
process.on('disconnect', () => process.exit(0))
