import { spawnSync } from 'node:child_process'
import { accessSync, constants, globSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface FoundBrowser {
  path: string
  source: 'CHROME_PATH' | 'PATH' | 'Playwright’s cache' | 'apt'
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'] as const
/** Where Playwright puts the browsers it downloads, by platform (https://playwright.dev/docs/browsers). */
const CACHES = ['.cache/ms-playwright', 'Library/Caches/ms-playwright'] as const
const CACHED = [
  'chromium-*/chrome-linux*/chrome',
  'chromium-*/chrome-mac*/*.app/Contents/MacOS/*',
  'chromium_headless_shell-*/chrome-*/{headless_shell,chrome-headless-shell}',
] as const
const APT = 'apt-get'
const INSTALL_TIMEOUT_MS = 600_000

let found: FoundBrowser | undefined

/**
 * Chromium for the browser tests: `CHROME_PATH`, PATH, Playwright's cache, or Debian's own package installed on the spot
 * where this runs as root with apt-get. Prints which one it is. Throws with the one command to run when there is none.
 */
export async function findBrowser(): Promise<FoundBrowser> {
  if (found) return found
  found = locateBrowser(process.env, homedir()) ?? installBrowser(process.env)
  console.log(`Browser: ${found.path} (from ${found.source})`)
  return found
}

/** The first of the three places that has one. A `CHROME_PATH` that cannot be run is an error, not a reason to look on. */
export function locateBrowser(env: NodeJS.ProcessEnv, home: string): FoundBrowser | undefined {
  const chosen = env['CHROME_PATH']
  if (chosen) {
    if (!isExecutable(chosen)) throw new Error(`CHROME_PATH is ${chosen}, which cannot be run.`)
    return { path: chosen, source: 'CHROME_PATH' }
  }
  for (const name of NAMES) {
    const path = onPath(name, env)
    if (path) return { path, source: 'PATH' }
  }
  const cached = inPlaywrightCache(env, home)
  return cached ? { path: cached, source: 'Playwright’s cache' } : undefined
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

/** The newest one, by the revision in the folder's name. */
function inPlaywrightCache(env: NodeJS.ProcessEnv, home: string): string | undefined {
  const folders = env['PLAYWRIGHT_BROWSERS_PATH'] ? [env['PLAYWRIGHT_BROWSERS_PATH']] : CACHES.map((cache) => join(home, cache))
  const candidates = folders.flatMap((cwd) =>
    CACHED.flatMap((pattern) => globSync(pattern, { cwd }).map((file) => join(cwd, file))),
  )
  return candidates.filter(isExecutable).sort((a, b) => revisionOf(b) - revisionOf(a))[0]
}

function revisionOf(path: string): number {
  return Number(/chromium(?:_headless_shell)?-(\d+)/.exec(path)?.[1] ?? 0)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function installBrowser(env: NodeJS.ProcessEnv): FoundBrowser {
  const hasApt = onPath(APT, env) !== undefined
  if (!hasApt) throw noBrowser('npx -y playwright-core install chromium')
  if (process.getuid?.() !== 0) throw noBrowser('sudo apt-get install -y chromium')
  console.log('No Chromium found: installing Debian’s with apt-get…')
  const aptEnv = { ...env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = () => apt(['install', '-y', '--no-install-recommends', 'chromium'], aptEnv)
  if (!install()) {
    apt(['update'], aptEnv)
    install()
  }
  const path = onPath('chromium', env)
  if (!path) throw noBrowser('apt-get update && apt-get install -y chromium')
  return { path, source: 'apt' }
}

function apt(args: string[], env: NodeJS.ProcessEnv): boolean {
  return spawnSync(APT, args, { env, stdio: 'ignore', timeout: INSTALL_TIMEOUT_MS }).status === 0
}

function noBrowser(command: string): Error {
  return new Error(`The browser tests need Chromium. Run: ${command}`)
}
