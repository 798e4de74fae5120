#!/usr/bin/env node
import { processIo } from './process-io.ts'
import { runOrc } from './run.ts'

// Whoever reads stdout may stop reading (`orc dlq list | head`): then nothing more is to be said.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

process.exitCode = await runOrc(process.argv.slice(2), processIo())
