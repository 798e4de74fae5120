import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { readPublicKeys } from './read-public-keys.ts'
import { verifyFile } from './verify-file.ts'
import { verifyOnline } from './verify-online.ts'

const HELP = `
With a file: checks it here, without asking anybody; --public-key also proves that the service wrote it. Without: has the service
check its own log, piece by piece. It ends with 3 when something was changed, taken away, put in or moved, and says where.

Examples:
  $ orc audit verify
  $ orc audit verify audit.jsonl --public-key audit-key.json
  $ orc audit verify audit.jsonl --public-key today.json --public-key former.json`

/** `orc audit verify [FILE]`: whether the audit log is whole. */
export function addVerify(group: Parent, env: CommandEnv): void {
  group
    .command('verify')
    .description('check that nothing of the audit log was rewritten')
    .argument('[file]', 'an export in JSON Lines; without, the log of the service')
    .option('--public-key <file>', 'the key that you keep (orc audit key); may be repeated', collect)
    .addHelpText('after', HELP)
    .action((file, { publicKey = [] }, command) =>
      run(env, command, async (context) => {
        const keys = await readPublicKeys(context.io, publicKey)
        return file === undefined ? verifyOnline(context, keys) : verifyFile(context, file, keys)
      }),
    )
}

function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value]
}
