/** What a change of the configuration does, as dry runs, plans, revisions and comparisons show it. */
import * as z from 'zod'

export const CONFIG_KINDS = [
  'settings',
  'policy',
  'connector',
  'operation',
  'provider',
  'route',
  'client',
  'secret',
  'breaker',
  'pause',
] as const
export const configKind = z.enum(CONFIG_KINDS)
export type ConfigKind = z.infer<typeof configKind>

/** One thing that differs. Values that are secret, and ciphertexts, are left out: of a secret only its versions are named. */
export const configChange = z.object({
  kind: configKind,
  /** As its address has it; an operation as `connector/name`, `settings` as itself, a pause as `kind/id`. */
  id: z.string(),
  change: z.enum(['created', 'updated', 'deleted']),
  /** Of something updated, the fields that differ, by dotted path; of the others none. */
  fields: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })),
})
export type ConfigChange = z.infer<typeof configChange>

/** What `?dryRun=true` answers beside what the answer would be. */
export const dryRun = z.object({
  changes: z.array(configChange),
  /** What follows for work that runs. A sentence each. */
  effects: z.array(z.string()),
})
export type DryRun = z.infer<typeof dryRun>
