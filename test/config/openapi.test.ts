import { readFileSync } from 'node:fs'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, it } from 'vitest'
import { createDocument } from '../../workers/control/src/openapi/document.ts'
import { ROUTE_ROLES } from '../../workers/control/src/roles/route-roles.ts'
import { closed } from '../../workers/control/src/testing/closed.ts'

const FILE = new URL('../../workers/control/src/openapi/openapi.json', import.meta.url).pathname
const text = readFileSync(FILE, 'utf8')

interface Media {
  schema: object
  example?: unknown
}
interface Operation {
  operationId: string
  'x-required-roles': string[]
  parameters?: { name: string; in: string; description?: string; schema: object; example?: unknown }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { content?: Record<string, Media> }>
}
const document = JSON.parse(text) as {
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, { content: Record<string, Media> }>; schemas: Record<string, object> }
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ key: `${method.toUpperCase()} ${path}`, operation })),
)

describe('openapi.json', () => {
  it('is what contracts, roles and descriptions say now: else run pnpm generate:openapi', ({ expect }) => {
    expect(`${JSON.stringify(createDocument(), null, 1)}\n` === text).toBe(true)
  })

  it('passes the linter of Redocly without an error or a warning', async ({ expect }) => {
    // There is no licence to name, and health has nothing to refuse.
    const rules = { 'info-license': 'off', 'operation-4xx-response': 'off' } as const
    const config = await createConfig({ extends: ['recommended-strict'], rules })
    const problems = await lintFromString({ source: text, absoluteRef: FILE, config })
    expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`)).toEqual([])
  }, 60_000)

  it('describes every route with the roles it needs, and nothing else but the two that are free', ({ expect }) => {
    const described = Object.fromEntries(
      operations.map(({ key, operation }) => [key.replaceAll(/\{(\w+)\}/g, ':$1'), operation['x-required-roles']]),
    )
    expect(described).toEqual({ ...ROUTE_ROLES, 'GET /livez': [], 'GET /readyz': [] })
  })

  it('names every operation once, and explains every parameter', ({ expect }) => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const silent = operations.flatMap(({ key, operation }) =>
      (operation.parameters ?? []).flatMap((one) => ('$ref' in one || one.description ? [] : `${key}: ${one.name}`)),
    )
    expect(silent).toEqual([])
  })

  it('has only examples that its schemas allow', ({ expect }) => {
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    addFormats.default(ajv)
    ajv.addSchema({ $id: 'https://orchestrator.dev/openapi', components: { schemas: closed(document.components.schemas) } })
    const wrong: string[] = []
    let checked = 0
    const check = (where: string, { schema, example }: Media): void => {
      const here = JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/', '"https://orchestrator.dev/openapi#/')) as object
      checked += 1
      if (!ajv.validate(here, example)) wrong.push(`${where}: ${ajv.errorsText()}`)
    }
    for (const { key, operation } of operations) {
      const media = [
        ...Object.entries(operation.requestBody?.content ?? {}).map(([type, one]) => [`request ${type}`, one] as const),
        ...Object.entries(operation.responses).flatMap(([status, { content = {} }]) =>
          Object.entries(content).map(([type, one]) => [`${status} ${type}`, one] as const),
        ),
      ]
      for (const [where, one] of media) check(`${key} ${where}`, one)
      for (const parameter of operation.parameters ?? []) {
        if (parameter.example !== undefined) check(`${key} parameter ${parameter.name}`, parameter)
      }
    }
    for (const [name, { content }] of Object.entries(document.components.responses)) {
      for (const one of Object.values(content)) check(`response ${name}`, one)
    }
    expect(wrong).toEqual([])
    expect(checked).toBeGreaterThan(operations.length)
  })
})
