import { checks, runChecks } from './checks.ts'

/** `pnpm verify [format|lint|types…]`: everything that needs no running system, in seconds. */
const wanted = process.argv.slice(2)
const selected = checks().filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)))
const { passed, failed } = runChecks(selected)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || selected.length === 0 ? 1 : 0
