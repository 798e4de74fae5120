declare module 'messagebird/lib/webhook-signature-jwt.js' {
  import type { KeyObject } from 'node:crypto'
  export function verify(url: string, payload: Uint8Array, jwt: string, signingKey: KeyObject): Promise<true>
}
