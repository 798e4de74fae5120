import type { Provider } from '@orchestrator/shared/contracts/config'
import type { TryRequest } from '@orchestrator/shared/contracts/sender-api'
import { fromBase64, utf8 } from '@orchestrator/shared/core/bytes'
import { AppError } from '@orchestrator/shared/core/errors'

/** A request as ingress would see it. */
export interface PastedRequest {
  method: string
  /** With its query. */
  url: string
  headers: Headers
  rawBody: Uint8Array<ArrayBuffer>
  ip: string | null
}

/** @throws AppError 400 for headers that no request can have. */
export function readPastedRequest(pasted: TryRequest, provider: Provider): PastedRequest {
  const { method, body = '', bodyBase64, ip = null } = pasted
  return {
    method,
    url: pasted.url ?? addressOf(provider),
    headers: readHeaders(pasted.headers),
    rawBody: bodyBase64 === undefined ? utf8(body) : (fromBase64(bodyBase64) ?? utf8('')),
    ip,
  }
}

/** The address as it is registered, or one at a host of ours where that does not matter. */
export function addressOf({ id, publicUrl }: Pick<Provider, 'id' | 'publicUrl'>): string {
  return publicUrl ?? `https://ingress.internal/webhooks/${id}`
}

function readHeaders(pasted: TryRequest['headers']): Headers {
  const headers = new Headers()
  for (const [name, values] of Object.entries(pasted)) {
    for (const value of [values].flat()) {
      try {
        headers.append(name, value)
      } catch {
        throw new AppError('validation_failed', 'A header is none that a request can have.', {
          issues: [{ path: `headers.${name}`, message: 'is no header of HTTP' }],
        })
      }
    }
  }
  return headers
}
