import { soundsSecret } from '../core/secret-names.ts'

/** The query as it may be stored: without the parameters that prove an identity, or sound like it. `?` in front is dropped. */
export function redactQuery(search: string, proofParameters: readonly string[] = []): string {
  const query = search.replace(/^\?/, '')
  const kept = query.split('&').filter((pair) => {
    const [name] = [...new URLSearchParams(pair).keys()]
    return name !== undefined && !proofParameters.includes(name) && !soundsSecret(name)
  })
  return kept.join('&')
}
