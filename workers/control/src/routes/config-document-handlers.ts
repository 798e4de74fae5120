import { MAX_DOCUMENT_BYTES, rollbackRequest } from '@orchestrator/shared/contracts/config-document'
import { AppError } from '@orchestrator/shared/core/errors'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import { accepts } from 'hono/accepts'
import { auditContext } from '../audit/audit-context.ts'
import { applyConfig, planConfig } from '../config/apply.ts'
import { getConfig } from '../config/get.ts'
import { getConfigInUse } from '../config/in-use.ts'
import { toYaml } from '../config/to-yaml.ts'
import { compareQuery, compareRevisions } from '../config-revisions/compare.ts'
import { noSuchRevision } from '../config-revisions/find.ts'
import { getRevision } from '../config-revisions/get.ts'
import { listRevisions, revisionsQuery } from '../config-revisions/list.ts'
import { rollBack } from '../config-revisions/rollback.ts'
import type { ControlContext, ControlHandler } from '../context.ts'
import { getSettings } from '../settings/get.ts'
import { updateSettings } from '../settings/update.ts'
import { configJson, tagged } from './params.ts'

const YAML = 'application/yaml'

/** The number in the path; what is none names no revision. @throws AppError 404 */
function revision(c: ControlContext): number {
  const given = c.req.param('revision') ?? ''
  if (!/^[1-9]\d{0,14}$/.test(given)) throw noSuchRevision(given)
  return Number(given)
}

/** The whole configuration in one request. */
async function documentJson(c: ControlContext): Promise<unknown> {
  try {
    return await readJson(c.req.raw, MAX_DOCUMENT_BYTES)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'body_too_large') throw error
    throw new AppError(
      'body_too_large',
      `A document may have ${MAX_DOCUMENT_BYTES} bytes at most, and so may no configuration be longer. Leave out what is the default, and shorten long schemas and expressions.`,
    )
  }
}

/** The configuration as a document, its revisions, and who works with which. */
export const CONFIG_DOCUMENT_HANDLERS = {
  'GET /v1/config': async (c) => {
    const { exported, etag } = await getConfig(c.get('deps'))
    const type = accepts(c, { header: 'Accept', supports: ['application/json', YAML], default: 'application/json' })
    if (type !== YAML) return c.json(exported, 200, { etag, vary: 'Accept' })
    return c.body(toYaml(exported.document), 200, {
      'content-type': `${YAML}; charset=utf-8`,
      etag,
      vary: 'Accept',
      'x-config-revision': String(exported.revision),
    })
  },
  'POST /v1/config/plan': async (c) => c.json(await planConfig(c.get('deps'), await documentJson(c))),
  'POST /v1/config/apply': async (c) => c.json(await applyConfig(c.get('deps'), auditContext(c), await documentJson(c))),
  'GET /v1/config/in-use': async (c) => c.json(await getConfigInUse(c.get('deps'))),

  'GET /v1/config-revisions': async (c) =>
    c.json(await listRevisions(c.get('deps'), parseRequest(revisionsQuery, c.req.query()))),
  'GET /v1/config-revisions/:revision': async (c) => c.json(await getRevision(c.get('deps'), revision(c))),
  'GET /v1/config-revisions/:revision/compare': async (c) =>
    c.json(await compareRevisions(c.get('deps'), revision(c), parseRequest(compareQuery, c.req.query()))),
  'POST /v1/config-revisions/:revision/rollback': async (c) =>
    c.json(await rollBack(c.get('deps'), auditContext(c), revision(c), parseRequest(rollbackRequest, await configJson(c)))),

  'GET /v1/settings': async (c) => tagged(c, await getSettings(c.get('deps'))),
  'PATCH /v1/settings': async (c) => tagged(c, await updateSettings(c.get('deps'), auditContext(c), await configJson(c))),
} satisfies Record<string, ControlHandler>
