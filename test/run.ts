import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBrowser } from './browser/browser.ts'
import { checks, root, runChecks } from './checks.ts'

/**
 * `pnpm test`: the checks of `pnpm verify`, then every test of every project, the browser's included. The last line sums the
 * real reports. Arguments go to vitest (`pnpm test --project ingress`), and then only vitest runs.
 */
interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  testResults: { status: string; assertionResults: unknown[]; name: string; message: string }[]
}

const forwarded = process.argv.slice(2)
const only = forwarded.length > 0

if (!only || forwarded.includes('browser')) await findBrowser()

const verified = only ? { passed: 0, failed: 0 } : runChecks(checks())

const folder = mkdtempSync(join(tmpdir(), 'orchestrator-report-'))
const reportFile = join(folder, 'vitest.json')
const vitest = spawnSync(
  join(root, 'node_modules/.bin/vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`, ...forwarded],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
)
const tested = readReport(reportFile)
rmSync(folder, { recursive: true, force: true })

const passed = verified.passed + tested.passed
const failed = verified.failed + tested.failed
// A runner that fails outside of its tests (an unhandled error, a file that does not load) is a failure too.
const unexplained = vitest.status !== 0 && tested.failed === 0 ? 1 : 0
if (unexplained) console.log(`✗ vitest ended with ${vitest.status ?? vitest.signal} although no test failed`)
process.exitCode = failed + unexplained > 0 || passed === 0 ? 1 : 0
console.log(`${passed} passed, ${failed + unexplained} failed`)

function readReport(file: string): { passed: number; failed: number } {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
    const brokenFiles = report.testResults.filter((result) => result.status === 'failed' && result.assertionResults.length === 0)
    return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length }
  } catch (error) {
    console.log(`✗ vitest left no report: ${String(error)}`)
    return { passed: 0, failed: 1 }
  }
}
