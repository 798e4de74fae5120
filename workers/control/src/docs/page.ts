import { html, type Html, raw } from './html.ts'
import { operationSection, type Route } from './operation.ts'
import { fieldsOf, typeOf } from './schema.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'
import { paragraphs, slugOf } from './text.ts'
import type { OpenApiDocument } from './types.ts'

// Whole, so that nobody's formatter adds a space that its hash does not know.
const STYLE_ELEMENT = raw(`<style>${STYLE}</style>`)
const SCRIPT_ELEMENT = raw(`<script>${SCRIPT}</script>`)

const ENVIRONMENT = `CONTROL=https://control.example.com
TOKEN=$(cloudflared access token -app=$CONTROL)`

/** The documentation of the operators' API, as one page that needs nothing else: it asks nobody, and is whole without its script. */
export async function renderDocs(document: OpenApiDocument): Promise<string> {
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
  )
  const topics = document.tags
    .map((tag) => ({ ...tag, routes: routes.filter(({ operation }) => operation.tags[0] === tag.name) }))
    .filter((topic) => topic.routes.length > 0)
  const { title, description } = document.info
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <div class="page">
          <nav aria-label="Operations">
            <input type="search" placeholder="Find ( / )" aria-label="Find an operation" hidden />
            ${topics.map((topic) => indexOf(topic.name, topic.routes))}
            <section>
              <h2><a href="#schemas">Schemas</a></h2>
            </section>
          </nav>
          <main>
            <h1>${title}</h1>
            <p><a href="/openapi.json">OpenAPI 3.1 document</a></p>
            ${paragraphs(description)}
            <p>The lines for the shell take the address and the token of Access from its environment:</p>
            <pre><code>${ENVIRONMENT}</code></pre>
            ${topics.map(
              (topic) =>
                html`<h2 id="${slugOf(topic.name)}">${topic.name}</h2>
                  ${paragraphs(topic.description)} ${topic.routes.map((route) => operationSection(route, document))}`,
            )}
            <h2 id="schemas">Schemas</h2>
            ${Object.entries(document.components.schemas).map(
              ([name, schema]) =>
                html`<article id="schema-${name}">
                  <h3>${name}</h3>
                  ${schema.description ? paragraphs(schema.description) : ''}${schema.properties ? '' : html`<p>${typeOf(schema)}</p>`}${fieldsOf(schema)}
                </article>`,
            )}
          </main>
        </div>
        ${SCRIPT_ELEMENT}
      </body>
    </html>`
  return page.toString()
}

function indexOf(topic: string, routes: readonly Route[]): Html {
  return html`<section>
    <h2><a href="#${slugOf(topic)}">${topic}</a></h2>
    <ul>
      ${routes.map(
        ({ method, path, operation }) =>
          html`<li>
            <a href="#${operation.operationId}"
              >${operation.summary}<small><span class="method ${method}">${method.toUpperCase()}</span> ${path}</small></a
            >
          </li>`,
      )}
    </ul>
  </section>`
}
