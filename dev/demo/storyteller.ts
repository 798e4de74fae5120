/** Tells a story step by step. Each step checks itself; the first that does not hold ends the story. */
export interface Storyteller {
  /** A heading between steps. */
  chapter: (title: string) => void
  /** Runs a step and prints it with what it found out. */
  step: <T>(title: string, run: (tell: (line: string) => void) => Promise<T>) => Promise<T>
}

/** A step did not hold. `message` names it. */
class StepFailed extends Error {
  override name = 'StepFailed'
}

/** Prints to a terminal, with the time each step took. */
export function createStoryteller(print: (line: string) => void): Storyteller {
  let number = 0
  return {
    chapter(title) {
      print(`\n${title}`)
    },
    async step(title, run) {
      number++
      const lines: string[] = []
      const startedAt = performance.now()
      try {
        const result = await run((line) => lines.push(line))
        print(`  ✓ ${number}. ${title} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`)
        for (const line of lines) print(`       ${line}`)
        return result
      } catch (error) {
        print(`  ✗ ${number}. ${title}`)
        for (const line of lines) print(`       ${line}`)
        throw new StepFailed(`Step ${number} failed: “${title}”: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        })
      }
    },
  }
}

/** Ends a step that does not hold. */
export function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}
