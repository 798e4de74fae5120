import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder for a benchmark's databases, gone when the process ends. */
export function createStateDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'orchestrator-bench-'))
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
  return dir
}
