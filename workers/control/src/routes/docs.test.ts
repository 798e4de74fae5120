import { beforeAll, describe, it } from 'vitest'
import { ROUTE_ROLES } from '../roles/route-roles.ts'
import { checkResponse } from '../testing/check-response.ts'
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

  it('has lines for the shell that are answered, limits as they are meant, and a space before them', async ({ expect }) => {
    const response = await ask('/docs', { as: 'viewer' })
    const page = await response.text()
    expect(/\$CONTROL(\/v1\/ordering-keys[^&/]*)&quot;/.exec(page)?.[1]).toBe('/v1/ordering-keys?key=KEY')
    const typeOf = (name: string) =>
      new RegExp(`<code class="name">${name}</code> <span class="type">(.*?)</span>`).exec(page)?.[1]?.replaceAll(/<[^>]*>/g, '')
    expect(typeOf('failureRate')).toMatch(/^number, above 0, at most 1(;|$)/)
    expect(page).toContain('<code class="name">dryRun</code> <span class="type"')
    expect(typeOf('maxLifetimeSeconds')).toMatch(/^integer, (1–|at least 1)/)
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

describe('an answer in a test', () => {
  const request = { method: 'GET', url: 'http://control.localhost/v1/jobs', body: undefined }
  const check = (response: Response, changed: Partial<typeof request> & { body?: unknown } = {}) =>
    checkResponse({ ...request, ...changed }, response)
  const page = { items: [], nextCursor: null }
  const problem = (code: string) => ({
    type: 'https://orchestrator.dev/problems/x',
    title: 'X',
    status: 404,
    detail: 'x',
    instance: '/',
    code,
    requestId: 'x',
  })
  const asProblem = { status: 404, headers: { 'content-type': 'application/problem+json' } }

  it('passes when it is as described, and where nothing is described', async ({ expect }) => {
    await expect(check(Response.json(page))).resolves.toBeUndefined()
    const url = 'http://control.localhost/nowhere'
    await expect(check(Response.json({}, { status: 404 }), { url })).resolves.toBeUndefined()
  })

  it('fails with a status, a content type, a field or a code that is not described', async ({ expect }) => {
    await expect(check(Response.json(page, { status: 206 }))).rejects.toThrow('GET /v1/jobs → 206: the status is not described')
    await expect(check(new Response('[]'))).rejects.toThrow('the content type "text/plain" is not described')
    await expect(check(Response.json({ ...page, total: 1 }))).rejects.toThrow('#/total')
    await expect(check(Response.json({ items: [] }))).rejects.toThrow('"nextCursor"')
    await expect(check(Response.json({ ...page, items: [{ id: 1 }] }))).rejects.toThrow('#/items/0')
    const url = 'http://control.localhost/v1/jobs/x'
    await expect(check(Response.json(problem('not_found'), asProblem), { url })).resolves.toBeUndefined()
    await expect(check(Response.json(problem('conflict'), asProblem), { url })).rejects.toThrow(
      'the code conflict is not described',
    )
  })

  it('fails where what was accepted is not described', async ({ expect }) => {
    const url = 'http://control.localhost/v1/jobs?sort=age'
    await expect(check(Response.json(page), { url })).rejects.toThrow('the query parameter sort was accepted')
    const discard = { method: 'POST', url: 'http://control.localhost/v1/dead-letters/x/discard', body: { why: 'x' } }
    await expect(checkResponse(discard, Response.json({}))).rejects.toThrow('the request was accepted and is not as described')
  })
})
