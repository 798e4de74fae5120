import { type Browser, chromium, type Page } from 'playwright-core'
import type { Person } from '../support/control.ts'
import { findBrowser } from './browser.ts'

/** Without a sandbox, since containers run this as root; without what calls home. */
const LAUNCH_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBrowser(): Promise<Browser> {
  const { path } = await findBrowser()
  return chromium.launch({ executablePath: path, headless: true, args: LAUNCH_ARGS })
}

export interface ConsoleSession {
  page: Page
  /** What the browser complained about: broken security policy, uncaught errors. */
  complaints: string[]
  close: () => Promise<void>
}

/** Opens the console at a path as somebody: through the local Access, by its page, in a browser profile of their own. */
export async function signIn(browser: Browser, port: number, person: Person, path = '/'): Promise<ConsoleSession> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) complaints.push(message.text())
  })
  await page.goto(`http://console.localhost:${port}${path}`)
  await page.getByRole('button', { name: `${person}@example.com` }).click()
  await page.getByText(`${person}@example.com`).first().waitFor()
  return { page, complaints, close: () => context.close() }
}
