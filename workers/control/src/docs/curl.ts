import type { MediaObject, ParameterObject } from './types.ts'

/** The request as a line for a shell: `$CONTROL` is the address, `$TOKEN` the token of Access. */
export function curlOf(
  method: string,
  path: string,
  parameters: readonly ParameterObject[],
  body: MediaObject | undefined,
): string {
  const filled = path.replaceAll(
    /\{([^}]+)\}/g,
    (_, name: string) => parameters.find((one) => one.name === name)?.example ?? name,
  )
  const query = parameters
    .filter((one) => one.in === 'query' && one.required)
    .map(({ name, example }) => `${name}=${encodeURIComponent(example ?? name.toUpperCase())}`)
  const asked = query.length > 0 ? `?${query.join('&')}` : ''
  const lines = [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}"$CONTROL${filled}${asked}"`,
    '-b "CF_Authorization=$TOKEN"',
    ...(body ? ["-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(body.example))}`] : []),
  ]
  return lines.join(' \\\n  ')
}

/** For a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
