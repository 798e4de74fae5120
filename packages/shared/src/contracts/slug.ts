import * as z from 'zod'

/** Name of a thing of the configuration, as it stands in addresses. */
export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes, at most 64')
