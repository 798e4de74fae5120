import { CliError } from '../../cli-error.ts'
import { nameOf, readInput } from '../../files.ts'
import type { Io } from '../../io.ts'
import { parseYaml, placed } from '../../yaml/parse.ts'

export interface ReadDocument {
  document: unknown
  /** Runs what sends the document; issues that the server names get their place in the file. */
  placing: <T>(send: Promise<T>) => Promise<T>
}

/** Reads a configuration from a file (`-`: stdin). */
export async function readDocument(io: Io, file: string): Promise<ReadDocument> {
  const name = nameOf(file)
  const parsed = parseYaml(await readInput(io, file), name)
  return {
    document: parsed.value,
    async placing(send) {
      try {
        return await send
      } catch (error) {
        if (error instanceof CliError) throw place(error, name, parsed.locate)
        throw error
      }
    },
  }
}

interface Issue {
  path: string
  message: string
}

/** The same error, with the place of each field that is wrong. */
function place(error: CliError, name: string, locate: ReturnType<typeof parseYaml>['locate']): CliError {
  const issues = error.problem?.issues as Issue[] | undefined
  if (!issues || issues.length === 0) return error
  const found = issues.map((issue) => {
    // The document is the field `document` of the request.
    const path = issue.path.replace(/^document\.?/, '')
    return { ...issue, path, at: locate(path) }
  })
  const lines = found.map(({ path, message, at }) => {
    const where = at ? `${placed(name, { line: at.line, col: at.column })} ` : ''
    return path === '' ? `${name}: ${message}` : `${where}${path}: ${message}`
  })
  const placedIssues = found.map(({ at, path, message }) => ({ path, message, ...(at ? { file: name, ...at } : {}) }))
  return new CliError(error.message, {
    code: error.code,
    exitCode: error.exitCode,
    lines: [...(typeof error.problem?.detail === 'string' ? [error.problem.detail] : []), ...lines],
    problem: { ...error.problem, issues: placedIssues },
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  })
}
