import { html as escaping } from 'hono/html'

export { raw } from 'hono/html'

/** Escaped already. */
export type Html = ReturnType<typeof escaping> | ''

const compacted = new WeakMap<TemplateStringsArray, TemplateStringsArray>()

/** HTML with every value escaped. Of the line breaks and indents of our own source one space is sent: they would be a third of the page. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): ReturnType<typeof escaping> {
  let short = compacted.get(strings)
  if (!short) {
    const texts = strings.map((text) => text.replaceAll(/\s*\n\s*/g, ' '))
    short = Object.assign(texts, { raw: texts })
    compacted.set(strings, short)
  }
  return escaping(short, ...values)
}
