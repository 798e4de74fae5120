import { join } from 'node:path'

/** The repository's root, without a slash at the end. */
export const ROOT = join(import.meta.dirname, '../..')
