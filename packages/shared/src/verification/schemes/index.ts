import { none } from './none.ts'
import { signature } from './signature/signature.ts'
import { token } from './token.ts'

/** The code of every scheme, by the name that presets give. */
export const SCHEMES = { signature, token, none }
