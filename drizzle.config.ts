import { defineConfig } from 'drizzle-kit'

/** `TARGET=data|control drizzle-kit generate`: migrations are generated, reviewed, and never changed once landed. */
const target = process.env.TARGET === 'control' ? 'control' : 'data'

export default defineConfig({
  dialect: 'sqlite',
  schema: `./packages/shared/src/db/${target}-schema.ts`,
  out: `./migrations/${target}`,
})
