import { auditPublicKey, type AuditPublicKey } from '@orchestrator/shared/contracts/audit-api'
import { keyIdOf } from '@orchestrator/shared/audit/signing-key'
import * as z from 'zod'
import { CliError } from '../../cli-error.ts'
import { nameOf, readInput } from '../../files.ts'
import type { Io } from '../../io.ts'

/** As `orc audit key` prints it, with `--json` or without. */
const keyFile = z.union([auditPublicKey, z.looseObject({ publicKey: auditPublicKey }).transform(({ publicKey }) => publicKey)])

/** The public keys in these files. */
export async function readPublicKeys(io: Io, files: readonly string[]): Promise<AuditPublicKey[]> {
  return Promise.all(files.map(async (file) => readPublicKey(nameOf(file), await readInput(io, file))))
}

async function readPublicKey(name: string, text: string): Promise<AuditPublicKey> {
  try {
    const key = keyFile.parse(JSON.parse(text))
    await keyIdOf(key)
    return key
  } catch {
    throw new CliError(`${name} holds no public key of an audit log`, {
      code: 'bad_file',
      hint: 'orc audit key > audit-key.json writes one.',
    })
  }
}
