import type { ChangedConfig, ChangeContext, ConfigChange } from '@orchestrator/shared/config/change'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'

/** What verbs on the configuration need: to read it as it is now, and to change it together with its audit row. */
export interface ConfigDeps {
  configInForce(): Promise<ConfigSnapshot>
  changeConfig<T>(
    by: ChangeContext,
    decide: (current: ConfigSnapshot) => ConfigChange<T> | Promise<ConfigChange<T>>,
  ): Promise<ChangedConfig<T>>
}
