import type { CommandEnv, Parent } from '../../command-env.ts'
import { addControls } from './control.ts'
import { addList } from './list.ts'
import { addShow } from './show.ts'
import { addWatch } from './watch.ts'

/** `orc bulk`: what is done to many at once. */
export function addBulkCommands(group: Parent, env: CommandEnv): void {
  addList(group, env)
  addShow(group, env)
  addWatch(group, env)
  addControls(group, env)
}
