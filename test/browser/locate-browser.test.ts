import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { locateBrowser } from './browser.ts'

let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'orchestrator-browser-'))
})

afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

function executable(path: string, mode = 0o755): string {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '#!/bin/sh\n')
  chmodSync(file, mode)
  return file
}

describe('the browser for these tests', () => {
  it('is CHROME_PATH before anything else', ({ expect }) => {
    const chosen = executable('mine/chrome')
    executable('bin/chromium')
    expect(locateBrowser({ CHROME_PATH: chosen, PATH: join(home, 'bin') }, home)).toEqual({ path: chosen, source: 'CHROME_PATH' })
  })

  it('is never another one than CHROME_PATH says', ({ expect }) => {
    executable('bin/chromium')
    expect(() => locateBrowser({ CHROME_PATH: '/nowhere/chrome', PATH: join(home, 'bin') }, home)).toThrow('/nowhere/chrome')
  })

  it('is looked for on PATH by three names, in their order', ({ expect }) => {
    const env = { PATH: ['', join(home, 'a'), join(home, 'b')].join(delimiter) }
    const chrome = executable('a/google-chrome')
    expect(locateBrowser(env, home)).toEqual({ path: chrome, source: 'PATH' })
    const chromium = executable('b/chromium')
    expect(locateBrowser(env, home)).toEqual({ path: chromium, source: 'PATH' })
  })

  it('is not a file on PATH that cannot be run', ({ expect }) => {
    executable('bin/chromium', 0o644)
    mkdirSync(join(home, 'bin/google-chrome'))
    expect(locateBrowser({ PATH: join(home, 'bin') }, home)).toBeUndefined()
  })

  it('is the newest of Playwright’s cache when PATH has none', ({ expect }) => {
    executable('.cache/ms-playwright/chromium-999/chrome-linux/chrome')
    const newest = executable('.cache/ms-playwright/chromium-1200/chrome-linux64/chrome')
    expect(locateBrowser({ PATH: '' }, home)).toEqual({ path: newest, source: 'Playwright’s cache' })
  })

  it('is looked for where PLAYWRIGHT_BROWSERS_PATH says', ({ expect }) => {
    const shell = executable('elsewhere/chromium_headless_shell-1200/chrome-linux/headless_shell')
    expect(locateBrowser({ PLAYWRIGHT_BROWSERS_PATH: join(home, 'elsewhere') }, home)?.path).toBe(shell)
  })
})
