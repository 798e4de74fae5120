import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'

export const root = new URL('..', import.meta.url).pathname

export interface Check {
  name: string
  command: string
  args: string[]
}

/** What must hold before any test runs: format, lint, types, generated types, dead code. */
export function checks(): Check[] {
  const projects = globSync('{packages,workers}/*/tsconfig*.json', { cwd: root })
    .concat(['dev/tsconfig.json', 'test/tsconfig.json', 'bench/tsconfig.json'].filter((file) => existsSync(join(root, file))))
    .sort()
  return [
    { name: 'format', command: 'oxfmt', args: ['--check', '.'] },
    { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
    ...projects.map((project) => ({ name: `types ${project}`, command: 'tsc', args: ['-p', project] })),
    { name: 'generated types are fresh', command: 'node', args: ['dev/bin/generate-types.ts', '--check'] },
    { name: 'no dead code', command: 'knip', args: [] },
  ]
}

/** Runs the checks one after another, prints what fails, and tells how many passed and failed. */
export function runChecks(list: readonly Check[]): { passed: number; failed: number } {
  let failed = 0
  for (const { name, command, args } of list) {
    const startedAt = performance.now()
    const result = spawnSync(join(root, 'node_modules/.bin', command), args, { cwd: root, encoding: 'utf8' })
    const ok = result.status === 0
    console.log(`${ok ? '✓' : '✗'} ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
    if (!ok) {
      failed++
      console.log(result.error ? String(result.error) : `${result.stdout}${result.stderr}`)
    }
  }
  return { passed: list.length - failed, failed }
}
