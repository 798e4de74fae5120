import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Stack, startStack } from '../support/stack.ts'
import { post } from '../support/webhooks.ts'
import { openBrowser, signIn } from './console-session.ts'

const WAIT_MS = 20_000

/** The real control behind a switch: while it is off, the console's door throws, as that of a Worker that is not there. */
function switchableControl(folder: string): string {
  const control = new URL('../../workers/control/src/index.ts', import.meta.url).pathname
  const file = join(folder, 'control.mjs')
  writeFileSync(
    file,
    `import worker, { ConsoleApi as RealConsoleApi } from ${JSON.stringify(control)}
let down = false
export class ConsoleApi extends RealConsoleApi {
  fetch(request) {
    if (down) throw new Error('control is switched off')
    return super.fetch(request)
  }
}
export default {
  ...worker,
  fetch(request, env, ctx) {
    const url = new URL(request.url)
    if (url.pathname !== '/__switch') return worker.fetch(request, env, ctx)
    down = url.searchParams.get('to') === 'off'
    return new Response('switched')
  },
}
`,
  )
  return file
}

describe('the console during outages', () => {
  let stack: Stack
  let browser: Browser
  const folder = mkdtempSync(join(tmpdir(), 'orchestrator-outage-'))

  beforeAll(async () => {
    ;[stack, browser] = await Promise.all([
      startStack({
        entrypoints: { 'orchestrator-control': switchableControl(folder) },
        // Execution without its secret refuses every request and every batch.
        overrides: { 'orchestrator-execution': { SECRETS_KEY: '' } },
      }),
      openBrowser(),
    ])
  })

  afterAll(async () => {
    await browser?.close()
    await stack?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const turnControl = (to: 'on' | 'off') => localFetch(`http://control.localhost:${stack.port}/__switch?to=${to}`)

  it('shows that execution is down and what goes on, with webhooks still arriving', async ({ expect }) => {
    const sent = await post(stack.port, 'evt_outage', 'sub_outage')
    expect(sent).toMatchObject({ status: 200, outcome: 'accepted' })
    const { page, close } = await signIn(browser, stack.port, 'operator')
    await page.getByText('Execution is down').waitFor({ timeout: WAIT_MS })
    await page.getByText('Webhooks are still accepted and stored.').waitFor()
    await page.locator('[data-component="execution"]', { hasText: 'Down' }).waitFor()
    await page.locator('[data-component="ingress"]', { hasText: 'Up' }).waitFor()
    await page.locator(`a[href="/webhooks/${sent.id}"]`).waitFor()
    await close()
  })

  it('says on every page that control is not available, and comes back by itself', async ({ expect }) => {
    const { page, complaints, close } = await signIn(browser, stack.port, 'admin', '/webhooks')
    await page.getByRole('table').waitFor()
    await turnControl('off')
    const banner = page.getByRole('alert').filter({ hasText: 'Control is not available' })
    await banner.filter({ hasText: 'what was last known' }).waitFor({ timeout: WAIT_MS })
    expect(await page.getByRole('row').count()).toBeGreaterThan(1)

    for (const path of ['/', '/jobs', '/dead-letters', '/jobs/job_0001KAR7Q8Z2WQ4J5V6X7K2QF3XA']) {
      await page.goto(`http://console.localhost:${stack.port}${path}`)
      await banner.waitFor({ timeout: WAIT_MS })
      expect(await banner.innerText()).toMatch(/req_[0-9A-Z]{28}/)
    }

    await page.goto(`http://console.localhost:${stack.port}/webhooks`)
    await banner.waitFor({ timeout: WAIT_MS })
    await turnControl('on')
    await page.getByRole('table').waitFor({ timeout: WAIT_MS })
    await page.getByText('admin@example.com').first().waitFor({ timeout: WAIT_MS })
    expect(await banner.count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })
})
