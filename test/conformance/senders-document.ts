import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Replayed } from '../vectors/replay.ts'
import { sendersMarkdown } from './senders-table.ts'

const root = join(import.meta.dirname, '../..')

/** Where it is kept. */
export const SENDERS_DOCUMENT = join(root, 'docs/senders.md')

/** `docs/senders.md` as it should be after this run of the vectors, formatted as everything is. */
export function sendersDocument(run: readonly Replayed[]): string {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/oxfmt'), ['--stdin-filepath', SENDERS_DOCUMENT], {
    input: sendersMarkdown(run),
    encoding: 'utf8',
    cwd: root,
  })
  if (status !== 0) throw new Error(`oxfmt: ${stderr}`)
  return stdout
}
