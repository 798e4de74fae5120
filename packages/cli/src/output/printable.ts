/**
 * Text from elsewhere, safe for a terminal: an upstream's error must not move the cursor or set the window's title. Control
 * characters, and those that turn the direction of writing, are shown as their code points.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, (character) => {
    if (character === '\n') return '↵'
    if (character === '\t') return ' '
    return `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`
  })
}
