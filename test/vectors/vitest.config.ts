import { defineProject } from 'vitest/config'

/** Recorded requests of senders, through the real ingress. The hook replays them all. */
export default defineProject({ test: { name: 'vectors', include: ['*.test.ts'], hookTimeout: 240_000 } })
