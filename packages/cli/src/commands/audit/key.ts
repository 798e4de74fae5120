import { auditHead } from '@orchestrator/shared/contracts/audit-api'
import { keyIdOf } from '@orchestrator/shared/audit/signing-key'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'

const HELP = `
Keep it where nobody who can write to the log can write, and give it to orc audit verify.

Example:
  $ orc audit key > audit-key.json`

/** `orc audit key`: the public key to keep elsewhere. */
export function addKey(group: Parent, env: CommandEnv): void {
  group
    .command('key')
    .description('print the public key that proves signatures of the audit log (a JWK)')
    .addHelpText('after', HELP)
    .action((_options, command) =>
      run(env, command, async ({ client, print, say }) => {
        const { publicKey } = await client.get('/v1/audit/head', auditHead)
        const keyId = await keyIdOf(publicKey)
        say(`key ${keyId}`)
        print({ keyId, publicKey }, `${JSON.stringify(publicKey)}\n`)
      }),
    )
}
