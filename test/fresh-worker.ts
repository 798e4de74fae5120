import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

/** Files of tests take turns in one workerd. Each begins with stores that hold nothing but the tables. */
interface TestEnv {
  CONTROL_DB?: D1Database
  DATA_00?: D1Database
  DATA_01?: D1Database
  TEST_DATA_MIGRATIONS: D1Migration[]
  TEST_CONTROL_MIGRATIONS: D1Migration[]
}

await reset()

const bindings = env as unknown as TestEnv
if (bindings.CONTROL_DB) await applyD1Migrations(bindings.CONTROL_DB, bindings.TEST_CONTROL_MIGRATIONS)
for (const db of [bindings.DATA_00, bindings.DATA_01]) {
  if (db) await applyD1Migrations(db, bindings.TEST_DATA_MIGRATIONS)
}
