import { sha256Hex } from '../core/bytes.ts'

/** Headers that prove who somebody is, whoever sends them. */
const ALWAYS = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key', 'cf-access-jwt-assertion']

/**
 * The headers as they may be stored: what proves an identity is replaced by `[redacted sha256:<first 8 hex digits>]`, enough
 * to see that two values were the same. `signatureHeaders` in lower case.
 */
export async function redactHeaders(
  headers: Iterable<[string, string]>,
  signatureHeaders: readonly string[],
): Promise<[string, string][]> {
  const secret = new Set([...ALWAYS, ...signatureHeaders])
  return Promise.all(
    Array.from(headers, async ([name, value]): Promise<[string, string]> => {
      if (!secret.has(name.toLowerCase())) return [name, value]
      return [name, `[redacted sha256:${(await sha256Hex(value)).slice(0, 8)}]`]
    }),
  )
}
