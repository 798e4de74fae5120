import { parseArgs } from 'node:util'
import { replayVectors } from './replay.ts'
import { readVectors } from './vector.ts'

/** `pnpm vectors FILE…` */
const HELP = `pnpm vectors [options] FILE…

Replays recorded requests of senders (one JSON object a line) through the real ingress, with its clock at each line's "now".
Prints each disagreement and, last, "N passed, N failed"; ends with 1 when there is one.

  --provider SLUG   only the lines of this sender; may be given several times
  --help`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { provider: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
})
if (values.help) console.log(HELP)
else if (positionals.length === 0) fail('Name at least one file.')
else await run()

async function run(): Promise<void> {
  let vectors
  try {
    vectors = positionals.flatMap((file) => readVectors(file))
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
    return
  }
  const only = values.provider
  const chosen = only ? vectors.filter(({ provider }) => only.includes(provider)) : vectors
  let failed = 0
  for await (const { vector, problem } of replayVectors(chosen)) {
    if (problem === undefined) continue
    failed++
    console.log(`✗ ${vector.provider} ${vector.case} (${vector.strength}): ${problem}`)
  }
  if (chosen.length === 0) console.log('There is no such line.')
  process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0
  console.log(`${chosen.length - failed} passed, ${failed} failed`)
}

function fail(message: string): void {
  console.error(`${message}\n\n${HELP}`)
  process.exitCode = 1
}
