import { availableParallelism } from 'node:os'

/**
 * How the projects of tests share the machine: one group runs after the other, the files of a group beside each other.
 * (Vitest wants every project of a group to name the same number of workers.)
 */

/** Tests that mostly compute. Even on two cores two at a time: each leaves much of one to its neighbour. */
export const COMPUTING = { maxWorkers: Math.max(2, availableParallelism() - 1) }

/** Tests of whole stacks, each file with its own: slow by nature, and mostly waiting. */
export const WAITING = { maxWorkers: 3, sequence: { groupOrder: 2 } }

/** Tests that want the machine for themselves. */
export const ALONE = { fileParallelism: false, sequence: { groupOrder: 3 } }
