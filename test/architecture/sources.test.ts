import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

/** Source files, tests left out, with the lines that match. */
function lines(pattern: string, matches: RegExp, allowed: readonly RegExp[] = []): string[] {
  return globSync(pattern, { cwd: root })
    .filter(
      (file) =>
        !/node_modules|\.test\.tsx?$|-tests\.ts$|\/testing\/|\/dist\//.test(file) && !allowed.some((place) => place.test(file)),
    )
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, i) => (matches.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
    )
}

describe('the sources', () => {
  it('keep SQL in the rooms of the database and in stores', ({ expect }) => {
    const allowed = [
      /packages\/shared\/src\/(db|jobs|inbox|audit|access|config|idempotency)\//,
      /workers\/control\/src\/(lists|overview)\//,
      /workers\/[a-z]+\/src\/[a-z-]+\/(list|get|store|queries)[a-z-]*\.ts$/,
    ]
    expect(lines('{packages,workers}/*/src/**/*.ts', /\.prepare\(|\b(SELECT|INSERT INTO|UPDATE|DELETE FROM) /, allowed)).toEqual(
      [],
    )
  })

  it('import zod so that a bundle carries only what is used of it', ({ expect }) => {
    expect(lines('{packages,workers}/*/{src,worker,web}/**/*.{ts,tsx}', /import \{.*\bz\b.*\} from 'zod'/)).toEqual([])
  })

  it('hold no value of development', ({ expect }) => {
    expect(
      lines('{packages,workers}/*/{src,worker,web}/**/*.{ts,tsx}', /whsec_development|[a-z]_development_only|-development-only/),
    ).toEqual([])
  })

  it('name no path of a machine', ({ expect }) => {
    expect(lines('{packages,workers,dev,test,bench,docs}/**/*.{ts,tsx,md,toml}', /["'`( ]\/(root|home)\//)).toEqual([])
  })
})
