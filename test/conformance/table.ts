import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Replayed, replayVectors } from '../vectors/replay.ts'
import { ourVectors } from '../vectors/vector.ts'
import { SENDERS_DOCUMENT, sendersDocument } from './senders-document.ts'

/** `pnpm generate:senders`: replays the recorded requests and writes `docs/senders.md`. `--check` only says whether it is fresh. */
const { values } = parseArgs({ options: { check: { type: 'boolean' } } })

const run: Replayed[] = []
for await (const replayed of replayVectors(ourVectors())) run.push(replayed)
const document = sendersDocument(run)
let status = 0
if (!values.check) writeFileSync(SENDERS_DOCUMENT, document)
else if (readFileSync(SENDERS_DOCUMENT, 'utf8') !== document) {
  console.error('docs/senders.md is stale: pnpm generate:senders')
  status = 1
}
// Some of the vendors' packages keep timers.
process.exit(status)
