import { join } from 'node:path'
import { unstable_readConfig as readConfig } from 'wrangler'
import { z } from 'zod'
import { ROOT } from '../lib/root.ts'

/** What the runtime reads from a wrangler file besides the bindings, which wrangler itself turns into options. */
const wranglerConfig = z.object({
  d1_databases: z.array(z.object({ binding: z.string(), database_id: z.string(), migrations_dir: z.string() })).default([]),
  triggers: z.object({ crons: z.array(z.string()).nullish() }),
  minify: z.boolean().default(false),
})

/** Path of a Worker's wrangler file; `folder` from the root of the repository. */
export function configPath(folder: string): string {
  return join(ROOT, folder, 'wrangler.toml')
}

/** Reads a Worker's wrangler file; throws when it lacks what the stack needs. */
export function readWranglerConfig(folder: string): z.infer<typeof wranglerConfig> {
  return wranglerConfig.parse(readConfig({ config: configPath(folder) }))
}
