import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { billingBehaves, subscriptionStatus } from '../support/billing.ts'
import { jobReaches } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { post } from '../support/webhooks.ts'
import { type ConsoleSession, openBrowser, signIn } from './console-session.ts'

const WAIT_MS = 20_000

describe('the console', () => {
  let stack: Stack
  let browser: Browser
  const sessions: ConsoleSession[] = []

  beforeAll(async () => {
    ;[stack, browser] = await Promise.all([startStack(), openBrowser()])
  })

  afterEach(async ({ expect }) => {
    const open = sessions.splice(0)
    await Promise.all(open.map((session) => session.close()))
    expect(open.flatMap((session) => session.complaints)).toEqual([])
  })

  afterAll(async () => {
    await browser?.close()
    await stack?.stop()
  })

  async function open(person: Parameters<typeof signIn>[2], path?: string): Promise<Page> {
    const session = await signIn(browser, stack.port, person, path)
    sessions.push(session)
    return session.page
  }

  /** A webhook whose job billing refuses for good. */
  async function deadJob(name: string) {
    await billingBehaves(stack.port, { mode: 'status', status: 422 })
    const sent = await post(stack.port, `evt_${name}`, `sub_${name}`, 'past_due')
    const job = await jobReaches(stack.port, sent.id ?? '', 'dead')
    await billingBehaves(stack.port, { mode: 'ok' })
    return job
  }

  it('asks for a sign-in, then shows who is signed in and how things are', async ({ expect }) => {
    const page = await open('operator')
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    expect(await page.getByTestId('person').first().innerText()).toMatch(/operator@example\.com\s+Operator/)
    const components = page.getByRole('region', { name: 'Components' })
    for (const name of ['execution', 'ingress', 'CONTROL_DB', 'DATA_00']) {
      await components.locator(`[data-component="${name}"]`, { hasText: 'Up' }).waitFor({ timeout: WAIT_MS })
    }
    const navigation = page.getByRole('navigation', { name: 'Main' })
    expect(await navigation.getByRole('link').allInnerTexts()).toEqual(['Overview', 'Webhooks', 'Jobs', 'Dead letters'])
  })

  it('comes back to the page that was asked for after the sign-in', async ({ expect }) => {
    const page = await open('viewer', '/jobs?status=succeeded')
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/jobs?status=succeeded')
    expect(await page.getByLabel('Statuses').inputValue()).toBe('succeeded')
  })

  it('tells the story of a webhook and of its job', async ({ expect }) => {
    const sent = await post(stack.port, 'evt_story', 'sub_story')
    const job = await jobReaches(stack.port, sent.id ?? '', 'succeeded')
    const page = await open('viewer', '/webhooks')
    await page.getByRole('table').locator(`a[href="/webhooks/${sent.id}"]`).click()
    await page.getByRole('heading', { name: 'customer.subscription.updated', level: 1 }).waitFor()
    expect(await page.getByRole('region', { name: 'Signature' }).innerText()).toMatch(/scheme/i)
    expect(await page.getByRole('region', { name: 'Headers' }).innerText()).not.toContain('v1=')

    await page.getByRole('region', { name: 'Jobs' }).locator(`a[href="/jobs/${job.id}"]`).click()
    await page.getByRole('heading', { name: 'billing · set-subscription', level: 1 }).waitFor()
    const story = page.getByRole('region', { name: 'What happened' }).getByRole('listitem')
    await story.filter({ hasText: 'Succeeded' }).last().waitFor()
    const marks = await story.evaluateAll((items) => items.map((item) => item.getAttribute('data-mark')))
    expect(marks).toEqual(['accepted', 'queued', 'attempt', 'succeeded'])
    expect(await story.nth(2).innerText()).toMatch(/Attempt 1 of 4[\s\S]*200 succeeded[\s\S]*PUT http/)
    expect(await page.getByRole('region', { name: 'Facts' }).innerText()).toContain(job.trace.slice(3, 35))
  })

  it('reveals what a webhook brought and its job sent, to an operator who says why, and to nobody else', async ({ expect }) => {
    const sent = await post(stack.port, 'evt_reveal', 'sub_reveal')
    const job = await jobReaches(stack.port, sent.id ?? '', 'succeeded')
    const page = await open('operator', `/jobs/${job.id}`)
    const payloads = page.getByRole('region', { name: 'Payloads' })
    expect(await payloads.innerText()).toContain('Mapped from its webhook')
    await payloads.getByRole('button', { name: 'Reveal' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Reveal' }).click()
    await dialog.getByText('Say why: the reason is kept in the audit log.').waitFor()
    await dialog.getByLabel('Reason').fill('ticket 4711')
    await dialog.getByRole('button', { name: 'Reveal' }).click()
    await page.getByLabel('Input of the job').waitFor()
    expect(await page.getByLabel('Input of the job').innerText()).toContain('"sub_reveal"')
    expect(await page.getByLabel('Result of the job').innerText()).toContain('200')

    await page.goto(`http://console.localhost:${stack.port}/webhooks/${sent.id}`)
    await page.getByRole('region', { name: 'Body' }).getByRole('button', { name: 'Reveal' }).click()
    await dialog.getByLabel('Reason').fill('ticket 4711')
    await dialog.getByRole('button', { name: 'Reveal' }).click()
    await page.getByLabel('Body of the webhook').waitFor()
    expect(await page.getByLabel('Body of the webhook').innerText()).toContain('evt_reveal')

    const viewer = await open('viewer', `/jobs/${job.id}`)
    const button = viewer.getByRole('region', { name: 'Payloads' }).getByRole('button', { name: 'Reveal' })
    await button.waitFor()
    expect(await button.isDisabled()).toBe(true)
  })

  it('takes a dead letter to a finished job: a reason is asked for, the operator replays, the admin reads it in the audit log', async ({
    expect,
  }) => {
    const job = await deadJob('replayed')
    const page = await open('operator', '/dead-letters')
    const row = page.getByRole('row').filter({ has: page.locator(`a[href="/jobs/${job.id}"]`) })
    expect(await row.innerText()).toContain('Upstream rejected it · 1 attempt')
    await row.getByRole('button', { name: 'Replay' }).click()

    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Replay' }).click()
    await dialog.getByText('Say why: the reason is kept in the audit log.').waitFor()
    await dialog.getByLabel('Reason').fill('Billing takes past_due again')
    await dialog.getByText('28 / 1,000').waitFor()
    await dialog.getByRole('button', { name: 'Replay' }).click()

    await page.getByRole('link', { name: 'Open the job' }).click()
    await page.getByRole('heading', { name: 'billing · set-subscription', level: 1 }).waitFor()
    const story = page.getByRole('region', { name: 'What happened' })
    await story.getByRole('listitem').filter({ hasText: 'Succeeded' }).last().waitFor({ timeout: WAIT_MS })
    expect(await story.innerText()).toMatch(
      /Dead: no further attempts[\s\S]*Replayed · generation 2 · operator@example\.com[\s\S]*Billing takes past_due again/,
    )
    expect(await subscriptionStatus(stack.port, 'sub_replayed')).toBe('past_due')

    const audit = await open('admin', '/audit')
    const entry = audit.getByRole('row').filter({ hasText: 'Replayed' }).filter({ hasText: 'Billing takes past_due again' })
    await entry.waitFor({ timeout: WAIT_MS })
    const text = await entry.innerText()
    expect(text).toContain('operator@example.com')
    expect(text).toMatch(/Status dead\s*→\s*became\s*queued/)
  })

  it('keeps the dialog open with what control says, and gives the focus back when it closes', async ({ expect }) => {
    const job = await deadJob('twice')
    const page = await open('operator', `/jobs/${job.id}`)
    await page.getByRole('button', { name: 'Replay' }).click()
    // This page learns nothing of what a colleague does in the meantime.
    await page.context().route('**/api/v1/{jobs,dead-letters}/*', (route) => route.abort())
    const colleague = await open('operator', `/jobs/${job.id}`)
    await colleague.getByRole('button', { name: 'Replay' }).click()
    await colleague.getByLabel('Reason').fill('first')
    await colleague.getByRole('dialog').getByRole('button', { name: 'Replay' }).click()
    await colleague.getByRole('link', { name: 'Open the job' }).waitFor()

    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('second')
    await dialog.getByRole('button', { name: 'Replay' }).click()
    await dialog.getByRole('alert').filter({ hasText: 'Not replayed' }).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Replay')
  })

  it('shows viewers the letters, and that replaying is not for them', async ({ expect }) => {
    const job = await deadJob('viewer')
    const page = await open('viewer', '/dead-letters')
    const button = page
      .getByRole('row')
      .filter({ has: page.locator(`a[href="/jobs/${job.id}"]`) })
      .getByRole('button', { name: 'Replay' })
    await button.waitFor()
    expect(await button.isDisabled()).toBe(true)
    expect(
      await button.evaluate((element) => document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent),
    ).toBe('Replaying needs the operator role.')
    await page.goto(`http://console.localhost:${stack.port}/audit`)
    await page.getByText('For auditors and admins').waitFor()
  })

  it('loads at most 200 kB of JavaScript, gzipped, to show the overview', async ({ expect }) => {
    const page = await open('viewer')
    // Late scripts of the first load would be counted, and be gone with the reload before they are read.
    await page.waitForLoadState('networkidle')
    const sizes: Promise<number>[] = []
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return
      sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length))
    })
    await page.reload()
    await page.getByRole('region', { name: 'Latest webhooks' }).getByRole('row').nth(1).waitFor()
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect(total).toBeGreaterThan(50_000)
    expect(total).toBeLessThanOrEqual(200_000)
  })

  it('filters jobs by status, and says so when there are none', async ({ expect }) => {
    const page = await open('viewer', '/jobs')
    await page.getByRole('table').waitFor()
    await page.getByLabel('Statuses').selectOption('cancelled')
    await page.getByText('No such jobs').waitFor()
    expect(page.url()).toMatch(/\/jobs\?status=cancelled$/)
  })

  it('has a page for addresses that lead nowhere, and for jobs that do not exist', async ({ expect }) => {
    const page = await open('viewer', '/no/such/page')
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await page.getByRole('link', { name: 'Go to the overview' }).click()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    await page.goto(`http://console.localhost:${stack.port}/jobs/job_0001KAR7Q8Z2WQ4J5V6X7K2QF3XA`)
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.innerText()).toMatch(/Not found[\s\S]*req_/)
  })

  it('offers to sign in again when the session has ended', async ({ expect }) => {
    const page = await open('viewer', '/webhooks')
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor()
    await page.context().clearCookies()
    await page.getByRole('link', { name: 'Jobs', exact: true }).click()
    await page.getByText('Your session has ended').waitFor()
    await page.getByRole('button', { name: 'Sign in again' }).click()
    await page.getByRole('button', { name: 'viewer@example.com' }).waitFor()
    expect(new URL(page.url()).hostname).toBe('access.localhost')
  })

  it('ends the session by its log-out link', async ({ expect }) => {
    const page = await open('viewer')
    await page.getByRole('link', { name: 'Log out' }).first().click()
    await page.getByRole('button', { name: 'viewer@example.com' }).waitFor()
    expect(new URL(page.url()).hostname).toBe('access.localhost')
    expect((await page.context().cookies()).filter(({ name }) => name === 'CF_Authorization')).toEqual([])
  })

  it('keeps its navigation in reach on a small screen', async ({ expect }) => {
    const page = await open('viewer', '/jobs')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByRole('button', { name: 'Open navigation' }).click()
    await page.getByRole('dialog', { name: 'Navigation' }).getByRole('link', { name: 'Webhooks' }).click()
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor()
    await page.getByRole('dialog', { name: 'Navigation' }).waitFor({ state: 'hidden' })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(overflow).toBe(0)
  })
})
