import { isOwnVariable } from '@orchestrator/shared/contracts/variable-name'
import { AUDIT_SIGNING_KEY, SECRETS_KEY } from '@orchestrator/dev/values'
import { describe, it } from 'vitest'
import { schema as console_ } from '../../workers/console/worker/env.ts'
import { parseEnv as parseControl, schema as control } from '../../workers/control/src/env.ts'
import { parseEnv as parseExecution, schema as execution } from '../../workers/execution/src/env.ts'
import { parseEnv as parseIngress, schema as ingress } from '../../workers/ingress/src/env.ts'

const WORKERS = { ingress, execution, control, console: console_ }
const PARSERS = { ingress: parseIngress, execution: parseExecution, control: parseControl }

/** An environment of production in which everything is there. */
function production(worker: keyof typeof PARSERS, changes: Record<string, string> = {}): Record<string, unknown> {
  // Texts that may be left out are; everything else that is no text is a binding.
  const bindings = Object.entries(WORKERS[worker].shape).map(([name, field]) => [
    name,
    field.safeParse({}).success ? {} : undefined,
  ])
  const access = worker === 'control' ? { ACCESS_ISSUER: 'https://team.cloudflareaccess.com', ACCESS_AUDIENCE: 'tag' } : {}
  return {
    ...Object.fromEntries(bindings),
    ...access,
    ALLOWED_ORIGINS: 'https://console.example.com',
    ENVIRONMENT: 'production',
    SECRETS_KEY: 'a key of production',
    SECRETS_KEY_PREVIOUS: 'the key before',
    AUDIT_SIGNING_KEY: 'another key of production',
    ...changes,
  }
}

describe('the variables of our Workers', () => {
  it('are the source of no secret', ({ expect }) => {
    const names = Object.values(WORKERS).flatMap((schema) => Object.keys(schema.shape))
    expect(names).toContain('SECRETS_KEY_PREVIOUS')
    expect(names.filter((name) => !isOwnVariable(name))).toEqual([])
    expect(['BILLING_CREDENTIAL', 'STRIPE_SECRET', 'CONTROLPLANE_KEY', 'DATADOG_TOKEN'].filter(isOwnVariable)).toEqual([])
  })

  it.for(['ingress', 'execution', 'control'] as const)(
    'of %s are refused by production where they are those of development',
    (worker, { expect }) => {
      const parse = PARSERS[worker]
      expect(parse(production(worker)).ENVIRONMENT).toBe('production')
      const keys: Record<string, string> = {
        SECRETS_KEY,
        SECRETS_KEY_PREVIOUS: SECRETS_KEY,
        ...(worker === 'control' ? { AUDIT_SIGNING_KEY } : {}),
      }
      for (const [name, value] of Object.entries(keys)) {
        expect(() => parse(production(worker, { [name]: value })), name).toThrow(`Development values in production: ${name}.`)
      }
    },
  )
})
