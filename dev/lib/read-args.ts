import { parseArgs, type ParseArgsConfig } from 'node:util'

/** The arguments of a command; what it does not know ends it with a sentence and its help, not with a stack trace. */
export function readArgs<T extends ParseArgsConfig>(help: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    process.exit(1)
  }
}
