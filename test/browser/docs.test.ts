import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, it } from 'vitest'
import { renderDocs } from '../../workers/control/src/docs/page.ts'
import { openBrowser } from './console-session.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

/** A description of one operation. */
const DOCUMENT = {
  info: { title: 'API', description: '' },
  tags: [{ name: 'Jobs', description: '' }],
  paths: {
    '/v1/jobs': {
      get: {
        operationId: 'listJobs',
        tags: ['Jobs'] as [string],
        summary: 'List jobs',
        description: '',
        'x-required-roles': ['viewer'],
        responses: {},
      },
    },
  },
  components: { schemas: {}, responses: {}, parameters: {} },
}

it('the search of the API’s page hides what does not fit, and shows all again', async ({ expect }) => {
  const page = await browser.newPage()
  await page.setContent(await renderDocs(DOCUMENT))
  const shown = () => page.locator('nav section:visible h2').allInnerTexts()
  expect(await shown()).toEqual(['JOBS', 'SCHEMAS'])
  const search = page.getByLabel('Find an operation')
  await search.fill('list jobs')
  expect(await shown()).toEqual(['JOBS'])
  await search.fill('dead')
  expect(await shown()).toEqual([])
  await search.fill('')
  expect(await shown()).toEqual(['JOBS', 'SCHEMAS'])
})
