import { execFileSync, type ExecFileSyncOptions } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

/** One violation of each rule, at the place where the rule holds. */
const VIOLATIONS = [
  {
    rule: 'core imports nothing but itself',
    file: 'packages/shared/src/core/bad.ts',
    code: "import '../contracts/policy.ts'",
    says: 'imports nothing but itself',
  },
  {
    rule: 'contracts import only zod',
    file: 'packages/shared/src/contracts/bad.ts',
    code: "import { Hono } from 'hono'\nnew Hono()",
    says: 'Contracts import only zod',
  },
  {
    rule: 'contracts import no neighbour',
    file: 'packages/shared/src/contracts/bad-2.ts',
    code: "import '../policy/pipeline.ts'",
    says: 'Contracts import only zod',
  },
  {
    rule: 'a room of layer 1 does not import layer 2',
    file: 'packages/shared/src/policy/bad.ts',
    code: "import '../jobs/claim.ts'",
    says: 'its own layer or below',
  },
  {
    rule: 'a room of layer 2 does not import layer 3',
    file: 'packages/shared/src/jobs/bad.ts',
    code: "import '../http/app.ts'",
    says: 'its own layer or below',
  },
  {
    rule: 'a pure room does not import the platform',
    file: 'packages/shared/src/verification/bad.ts',
    code: "import 'cloudflare:workers'",
    says: 'This room is pure',
  },
  {
    rule: 'a pure room does not fetch',
    file: 'packages/shared/src/egress/bad.ts',
    code: "export const x = () => fetch('https://example.com')",
    says: 'take a function as an argument',
  },
  {
    rule: 'a pure room does not read the clock',
    file: 'packages/shared/src/policy/bad-2.ts',
    code: 'export const x = () => Date.now()',
    says: 'take `now` as an argument',
  },
  {
    rule: 'a pure room is not random',
    file: 'packages/shared/src/expressions/bad.ts',
    code: 'export const x = () => Math.random()',
    says: 'take `random` as an argument',
  },
  {
    rule: 'the command line imports no room with a store',
    file: 'packages/cli/src/bad.ts',
    code: "import { publishConfig } from '@orchestrator/shared/config/publish'\nvoid publishConfig",
    says: 'The command line imports contracts',
  },
  {
    rule: 'a pure durable file does not import the platform',
    file: 'workers/execution/src/durable/bad.ts',
    code: "import 'cloudflare:workers'",
    says: 'This room is pure',
  },
  {
    rule: 'drizzle is not used outside the schemas',
    file: 'packages/shared/src/jobs/bad-2.ts',
    code: "import 'drizzle-orm'",
    says: 'Drizzle is for the schemas',
  },
  {
    rule: 'only tests import the testing room',
    file: 'workers/control/src/bad.ts',
    code: "import '@orchestrator/shared/testing/job-factory'",
    says: 'Only tests import',
  },
  {
    rule: 'a Worker does not import another Worker by name',
    file: 'workers/ingress/src/bad.ts',
    code: "import '@orchestrator/execution'",
    says: 'never imports another Worker',
  },
  {
    rule: 'a Worker does not import another Worker by path',
    file: 'workers/ingress/src/bad-2.ts',
    code: "import '../../execution/src/index.ts'",
    says: 'never imports another Worker',
  },
  {
    rule: 'the web app imports only contracts',
    file: 'workers/console/web/bad.ts',
    code: "import '@orchestrator/shared/jobs/claim'",
    says: 'only contracts',
  },
  { rule: 'no default exports', file: 'workers/control/src/bad-2.ts', code: 'export default 1', says: 'default export' },
  { rule: 'no console', file: 'workers/control/src/bad-3.ts', code: "console.log('x')", says: 'console' },
  { rule: 'no any', file: 'workers/control/src/bad-4.ts', code: 'export const x = (y: any) => y', says: 'any' },
  {
    rule: 'no skipped tests',
    file: 'workers/control/src/bad.test.ts',
    code: "import { it } from 'vitest'\nit.skip('x', () => {})",
    says: 'disabled-tests',
  },
  {
    rule: 'no floating promises',
    file: 'workers/control/src/bad-5.ts',
    code: 'async function work() {}\nwork()',
    says: 'floating-promises',
  },
] as const

/** The same shapes, allowed. */
const ALLOWED = [
  { file: 'packages/shared/src/jobs/good.ts', code: "import '../policy/pipeline.ts'" },
  {
    file: 'packages/shared/src/contracts/good.ts',
    code: "import * as z from 'zod'\nimport './policy.ts'\nexport const x = z.string()",
  },
  { file: 'workers/console/web/good.ts', code: "import '@orchestrator/shared/contracts/policy'" },
  { file: 'workers/control/src/index.ts', code: 'export default { fetch: () => new Response() }' },
] as const

interface Diagnostic {
  filename: string
  message: string
  code?: string
  help?: string
}

function lint(folder: string): Diagnostic[] {
  const options: ExecFileSyncOptions = { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }
  try {
    return (
      JSON.parse(String(execFileSync(join(root, 'node_modules/.bin/oxlint'), ['--type-aware', '-f', 'json'], options))) as {
        diagnostics: Diagnostic[]
      }
    ).diagnostics
  } catch (error) {
    return (JSON.parse((error as { stdout: string }).stdout) as { diagnostics: Diagnostic[] }).diagnostics
  }
}

describe('the dependency rule', () => {
  let folder = ''
  let diagnostics: Diagnostic[] = []

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'orchestrator-lint-'))
    copyFileSync(join(root, 'oxlint.config.ts'), join(folder, 'oxlint.config.ts'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'tsconfig.json'), readFileSync(join(root, 'tsconfig.base.json')))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    for (const { file, code } of [...VIOLATIONS, ...ALLOWED]) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      writeFileSync(join(folder, file), `${code}\n`)
    }
    diagnostics = lint(folder)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  for (const { rule, file, says } of VIOLATIONS) {
    it(`fails on a violation: ${rule}`, ({ expect }) => {
      const found = diagnostics.filter((diagnostic) => diagnostic.filename.endsWith(file))
      expect(found.map((diagnostic) => `${diagnostic.code} ${diagnostic.message} ${diagnostic.help}`).join('\n')).toContain(says)
    })
  }

  it('does not complain where the same imports are allowed', ({ expect }) => {
    const restricted = diagnostics.filter(
      (diagnostic) =>
        ALLOWED.some(({ file }) => diagnostic.filename.endsWith(file)) && /restricted|default-export/.test(diagnostic.code ?? ''),
    )
    expect(restricted).toEqual([])
  })
})
