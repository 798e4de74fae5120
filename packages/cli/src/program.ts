import { Command } from '@commander-js/extra-typings'
import type { CommandEnv, Parent } from './command-env.ts'
import { VERSION } from './version.ts'

const ABOUT = `Operates Orchestrator from a terminal: its configuration, its audit log, its dead letters.

Who you are (all but --as also work against a real deployment):
  ORC_TOKEN                          a token of Access: $(cloudflared access token --app https://control.example.com)
  ORC_CLIENT_ID, ORC_CLIENT_SECRET   a service token of Access
  --as admin@example.com             on the local stack, whoever you like`

const EXAMPLES = `
Examples:
  $ orc config pull config.yaml --as admin@example.com
  $ orc config plan config.yaml
  $ orc config apply config.yaml --reason "Stripe's new account"
  $ orc dlq groups
  $ orc dlq replay --connector billing --class upstream_failed --reason "billing is back"
  $ orc audit verify

It ends with 0 when all is well, 1 when something failed, 2 when the command line is wrong, 3 when there are changes
(--exit-code) or the audit log was tampered with.`

interface Group {
  name: string
  about: string
  /** Loads its commands, and adds them. */
  fill: (group: Parent, env: CommandEnv) => Promise<void>
}

const GROUPS: readonly Group[] = [
  {
    name: 'config',
    about: 'the configuration: as a file, its history, the way back',
    fill: async (group, env) => (await import('./commands/config/group.ts')).addConfigCommands(group, env),
  },
  {
    name: 'audit',
    about: 'the audit log: exports, and proof that it is whole',
    fill: async (group, env) => (await import('./commands/audit/group.ts')).addAuditCommands(group, env),
  },
  {
    name: 'dlq',
    about: 'dead letters: jobs that died, one by one or many at once',
    fill: async (group, env) => (await import('./commands/dlq/group.ts')).addDlqCommands(group, env),
  },
  {
    name: 'bulk',
    about: 'operations on many at once: how far they are; pause, resume, cancel',
    fill: async (group, env) => (await import('./commands/bulk/group.ts')).addBulkCommands(group, env),
  },
]

/** The command line for these arguments: groups that they do not name are there by name only, and cost no time. */
export async function createProgram(env: CommandEnv, args: readonly string[]): Promise<Command> {
  const program = new Command('orc')
    .description(ABOUT)
    .version(VERSION, '-V, --version', 'print the version')
    .option('--url <url>', 'address of control (ORC_URL; http://control.localhost:8787)')
    .option('--token <jwt>', 'token of Access; better in ORC_TOKEN, where other users of the machine do not see it')
    .option('--as <email>', 'on the local stack: be this person')
    .option('--timeout <seconds>', 'how long to wait for an answer (30)')
    .option('--json', 'print the result as JSON, and errors as a problem document on stderr')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => env.io.out.write(text),
      writeErr: (text) => env.io.err.write(text),
      // Said once, at the end, in one way for all errors.
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => env.io.out.columns ?? 120,
      getErrHelpWidth: () => env.io.err.columns ?? 120,
    })
    .exitOverride()
    .addHelpText('after', EXAMPLES)
  // Only now: commands take these settings over when they are made.
  for (const { name, about, fill } of GROUPS) {
    const group = program.command(name).description(about)
    if (args.includes(name)) await fill(group, env)
  }
  return program as unknown as Command
}
