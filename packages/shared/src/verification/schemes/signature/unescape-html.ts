const NAMED: Readonly<Record<string, string>> = { quot: '"', lt: '<', gt: '>', amp: '&' }
/** By name, or by number with or without zeros in front. */
const ESCAPE = /&(?:(quot|lt|gt|amp)|#0*(34|38|39|60|62)|#[xX]0*(22|26|27));/g

/**
 * The text with what WordPress escapes put back, once; every other entity stays as it is.
 * https://developer.wordpress.org/reference/functions/wp_specialchars_decode/
 */
export function unescapeHtml(text: string): string {
  return text.replace(ESCAPE, (_, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return NAMED[name]!
    return String.fromCharCode(decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal))
  })
}
