import { html, type Html } from './html.ts'
import { curlOf } from './curl.ts'
import { fieldsOf, typeOf } from './schema.ts'
import { inline, paragraphs } from './text.ts'
import type { MediaObject, OpenApiDocument, OperationObject, ParameterObject, ResponseObject } from './types.ts'

/** An operation with its place. */
export interface Route {
  method: string
  path: string
  operation: OperationObject
}

/** One operation: what it does, who may, what goes in and what comes out. */
export function operationSection({ method, path, operation }: Route, { components }: OpenApiDocument): Html {
  const parameters = (operation.parameters ?? []).map((one) => ('$ref' in one ? components.parameters[nameOf(one.$ref)]! : one))
  const responses = Object.entries(operation.responses)
  const errors = responses.filter(([status]) => status >= '400')
  const body = operation.requestBody?.content['application/json']
  return html`<article id="${operation.operationId}">
    <h3>
      <a href="#${operation.operationId}"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></a>
    </h3>
    <p class="summary">${operation.summary}${rolesOf(operation)}</p>
    ${paragraphs(operation.description.replace(/(?:^|\n\n)Needs [^\n]*$/, ''))}
    ${
      parameters.length > 0
        ? html`<h4>Parameters</h4>
            ${parametersOf(parameters)}`
        : ''
    }
    ${
      body
        ? html`<h4>Body</h4>
            ${mediaOf(body)}`
        : ''
    }
    <pre><code>${curlOf(method, path, parameters, body)}</code></pre>
    ${responses.filter(([status]) => status < '400').map(([status, response]) => responseOf(status, response))}
    <details>
      <summary>${errors.map(([status]) => status).join(', ')}: errors</summary>
      <ul class="errors">
        ${errors.map(([status, response]) => errorOf(status, response, components.responses))}
      </ul>
    </details>
  </article>`
}

const nameOf = (ref: string): string => ref.split('/').at(-1) ?? ''

function rolesOf(operation: OperationObject): Html {
  const roles = operation['x-required-roles']
  return html`${(roles.length > 0 ? roles : ['no token']).map((role) => html` <span class="role">${role}</span>`)}`
}

function parametersOf(parameters: readonly ParameterObject[]): Html {
  return html`<ul class="fields">
    ${parameters.map(
      ({ name, in: place, required, description, schema }) =>
        html`<li>
          <code class="name">${name}</code>
          <span class="type"
            >${place};
            ${typeOf(schema)}${required ? '' : '; optional'}${schema.default === undefined ? '' : html`; default <code>${JSON.stringify(schema.default)}</code>`}</span
          >
          ${description ? html`<div class="about">${inline(description)}</div>` : ''}
        </li>`,
    )}
  </ul>`
}

function mediaOf({ schema, example }: MediaObject): Html {
  return html`${schema.$ref ? html`<p>${typeOf(schema)}</p>` : fieldsOf(schema)}
    <pre><code>${typeof example === 'string' && schema.type === 'string' ? example : JSON.stringify(example, null, 2)}</code></pre>`
}

function responseOf(status: string, { description = '', content = {} }: ResponseObject): Html {
  return html`<details>
    <summary>${status}: ${description}</summary>
    ${Object.entries(content).map(
      ([type, media]) =>
        html`<p class="media">${type}</p>
          ${mediaOf(media)}`,
    )}
  </details>`
}

function errorOf(status: string, response: ResponseObject, shared: OpenApiDocument['components']['responses']): Html {
  const { description = '' } = response.$ref ? shared[nameOf(response.$ref)]! : response
  return html`<li><strong>${status}</strong> ${inline(description)}</li>`
}
