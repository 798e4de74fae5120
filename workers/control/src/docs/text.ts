import { html, type Html } from './html.ts'

/** Paragraphs and `code`: as much Markdown as our descriptions have. */
export function paragraphs(markdown: string): Html[] {
  return markdown
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => html`<p>${inline(paragraph)}</p>`)
}

export function inline(markdown: string): Html[] {
  return markdown.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
}

/** As the anchor of a chapter. */
export const slugOf = (name: string): string => name.toLowerCase().replaceAll(' ', '-')
