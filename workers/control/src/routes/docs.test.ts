import { beforeAll, describe, it } from 'vitest'
import { ROUTE_ROLES } from '../roles/route-roles.ts'
import { answer, ask, bindPeople } from '../testing/harness.ts'

beforeAll(bindPeople)

describe('the description of the API', () => {
  it('is an OpenAPI 3.1 document that has every route', async ({ expect }) => {
    const document = await answer<{ openapi: string; paths: Record<string, object> }>(ask('/openapi.json', { as: 'viewer' }))
    expect(document.openapi).toMatch(/^3\.1\./)
    const paths = Object.keys(ROUTE_ROLES).map((key) => key.split(' ')[1]!.replaceAll(/:(\w+)/g, '{$1}'))
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(paths))
  })

  it('is a page that has every operation, and asks nobody else for anything', async ({ expect }) => {
    const response = await ask('/docs', { as: 'viewer' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const page = await response.text()
    for (const path of ['/v1/dead-letters/{id}/replay', '/v1/audit/verify', '/readyz'])
      expect(page).toContain(`<code>${path}</code>`)
    expect(page).not.toMatch(/\s(?:src|srcset|action)=|<(?:link|img|iframe|form)\b|@import|url\(/)
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
    const links = [...page.matchAll(/href="([^"]+)"/g)].map((match) => match[1]!)
    const leadNowhere = links.filter((link) => link !== '/openapi.json' && !ids.includes(link.slice(1)))
    expect(leadNowhere).toEqual([])
  })

  it('allows only the style and the script that it has itself, by their hashes', async ({ expect }) => {
    const response = await ask('/docs', { as: 'viewer' })
    const policy = response.headers.get('content-security-policy') ?? ''
    const page = await response.text()
    for (const element of ['style', 'script']) {
      const text = new RegExp(`<${element}>([\\s\\S]*)</${element}>`).exec(page)?.[1] ?? ''
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
      expect(policy).toContain(`${element}-src 'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`)
    }
    expect(policy).toMatch(/^default-src 'none';/)
    expect(page).not.toMatch(/\sstyle=|\son[a-z]+=/)
  })

  it('is kept by browsers, who ask whether it is still so', async ({ expect }) => {
    for (const path of ['/openapi.json', '/docs']) {
      const first = await ask(path, { as: 'viewer' })
      await first.text()
      expect(first.headers.get('cache-control')).toBe('private, no-cache')
      const tag = first.headers.get('etag') ?? ''
      const second = await ask(path, { as: 'viewer', headers: { 'if-none-match': tag } })
      expect(second.status, path).toBe(304)
      expect(await second.text()).toBe('')
      const third = await ask(path, { as: 'viewer', headers: { 'if-none-match': '"other"' } })
      expect(third.status, path).toBe(200)
      await third.text()
    }
  })

  it('is nothing for strangers, kept copy or not', async ({ expect }) => {
    const response = await ask('/docs', { as: 'nobody', headers: { 'if-none-match': '*' } })
    expect(response.status).toBe(403)
  })
})
