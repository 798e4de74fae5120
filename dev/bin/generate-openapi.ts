import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDocument } from '../../workers/control/src/openapi/document.ts'
import { readArgs } from '../lib/read-args.ts'
import { ROOT } from '../lib/root.ts'

const HELP = `pnpm generate:openapi [--check]: the OpenAPI document of the operators' API, from contracts, roles and descriptions.

  --check   changes nothing; ends with 1 when workers/control/src/openapi/openapi.json is stale`

const FILE = join(ROOT, 'workers/control/src/openapi/openapi.json')

const { values } = readArgs(HELP, { options: { help: { type: 'boolean', short: 'h' }, check: { type: 'boolean' } } })
if (values.help) console.log(HELP)
else {
  const document = `${JSON.stringify(createDocument(), null, 1)}\n`
  const stale = document !== (await readFile(FILE, 'utf8').catch(() => ''))
  if (stale && values.check) {
    console.error('Stale: run pnpm generate:openapi')
    process.exitCode = 1
  } else if (stale) await writeFile(FILE, document)
}
