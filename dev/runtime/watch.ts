import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../lib/root.ts'
import { WORKERS } from './workers.ts'

const DEBOUNCE_MS = 150
const IGNORED = /(^|[/\\])(node_modules|dist|\.[^/\\]*)([/\\]|$)|\.test\.tsx?$|~$|\.d\.ts$/

/** Reloads when a source of a Worker changes: once a burst of writes is over, never two at once. Answers what stops it. */
export function watchSources(folders: readonly string[], reload: () => Promise<void>, print: (line: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let reloading = false
  let again = false
  const run = async (): Promise<void> => {
    if (reloading) {
      again = true
      return
    }
    reloading = true
    const startedAt = performance.now()
    try {
      await reload()
      print(`Reloaded in ${Math.round(performance.now() - startedAt)} ms.`)
    } catch (error) {
      print(`Not reloaded, the last good version goes on:\n${error instanceof Error ? error.message : String(error)}`)
    }
    reloading = false
    if (again) {
      again = false
      await run()
    }
  }
  const changed = (_event: string, file: string | null): void => {
    if (file === null || IGNORED.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(() => void run(), DEBOUNCE_MS)
  }
  const watchers = folders.map((folder): FSWatcher => {
    const watcher = watch(folder, { recursive: true }, changed)
    // A folder that goes away while it is watched is a change like any other.
    watcher.on('error', () => undefined)
    return watcher
  })
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}

/** What Workers are made of; not the packages' own node_modules, which are many. */
export function sourceFolders(): string[] {
  const ofWorkers = WORKERS.flatMap(({ folder }) => {
    if (folder.startsWith('dev/')) return [folder]
    return folder.endsWith('/console') ? [`${folder}/worker`, `${folder}/web`] : [`${folder}/src`]
  })
  return ['packages/shared/src', ...ofWorkers].map((folder) => join(ROOT, folder))
}
