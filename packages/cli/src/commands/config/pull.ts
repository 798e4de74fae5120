import { configExport } from '@orchestrator/shared/contracts/config-document'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { writeWhole } from '../../files.ts'

const FILE_MODE = 0o644

const HELP = `
The same configuration always gives the same bytes. Values of secrets, keys of clients, pauses and people's roles are no part of it.

Examples:
  $ orc config pull > config.yaml
  $ orc config pull config.yaml
  $ orc config pull --json | jq .document.connectors`

/** `orc config pull [FILE]`: the configuration in force, as YAML. */
export function addPull(group: Parent, env: CommandEnv): void {
  group
    .command('pull')
    .description('write the configuration in force as YAML, to stdout or to a file')
    .argument('[file]', 'where to; stdout without')
    .addHelpText('after', HELP)
    .action((file, _options, command) =>
      run(env, command, async ({ client, print, json, say }) => {
        if (json && file === undefined) {
          const exported = await client.get('/v1/config', configExport)
          print(exported, '')
          return
        }
        const yaml = await client.text({ method: 'GET', path: '/v1/config', accept: 'application/yaml' })
        if (file === undefined) {
          print(undefined, yaml)
          return
        }
        await writeWhole(file, FILE_MODE, (handle) => handle.writeFile(yaml))
        const bytes = Buffer.byteLength(yaml)
        if (json) print({ file, bytes }, '')
        else say(`${file}: ${bytes} bytes`)
      }),
    )
}
