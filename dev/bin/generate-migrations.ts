import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { readArgs } from '../lib/read-args.ts'
import { ROOT } from '../lib/root.ts'

const HELP = `pnpm generate:migrations [--name NAME]: writes what the schemas have and the migrations have not.

  packages/shared/src/db/data-schema.ts    → migrations/data
  packages/shared/src/db/control-schema.ts → migrations/control`

const REMINDER = `
Before you land a new file:
  - drizzle-kit knows neither WITHOUT ROWID nor our views: write them into the new .sql by hand.
  - Add the file to migrations/checksums.json; files that are there are never changed again.
  - docs/storage.md says what a write costs: bring it up to date.`

const { values } = readArgs(HELP, { options: { help: { type: 'boolean', short: 'h' }, name: { type: 'string' } } })
if (values.help) console.log(HELP)
else {
  for (const target of ['data', 'control']) {
    const result = spawnSync(
      join(ROOT, 'node_modules/.bin/drizzle-kit'),
      ['generate', ...(values.name ? ['--name', values.name] : [])],
      { cwd: ROOT, stdio: 'inherit', env: { ...process.env, TARGET: target } },
    )
    if (result.status !== 0) {
      console.error(`drizzle-kit failed for ${target}${result.error ? `: ${result.error.message}` : ''}`)
      process.exit(1)
    }
  }
  console.log(REMINDER)
}
