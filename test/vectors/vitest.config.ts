import { defineProject } from 'vitest/config'
import { COMPUTING } from '../groups.ts'

/** Recorded requests of senders, through the real ingress. The hook replays them all. */
export default defineProject({ test: { ...COMPUTING, name: 'vectors', include: ['*.test.ts'], hookTimeout: 240_000 } })
