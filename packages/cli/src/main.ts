#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// The second start takes two thirds of the first one's time. Before anything of ours is loaded.
enableCompileCache()

// Whoever reads stdout may stop reading (`orc dlq list | head`): then nothing more is to be said.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

const [{ processIo }, { runOrc }] = await Promise.all([import('./process-io.ts'), import('./run.ts')])
process.exitCode = await runOrc(process.argv.slice(2), processIo())
