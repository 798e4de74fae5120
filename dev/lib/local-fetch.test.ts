import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { localFetch } from './local-fetch.ts'
import { freePort } from '../runtime/ports.ts'

let server: Server
let port = 0
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/never') return
    if (request.url === '/moved') return void response.writeHead(302, { location: 'http://elsewhere.localhost/' }).end()
    if (request.url === '/nothing') return void response.writeHead(204).end()
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.end(`${request.method} ${request.headers.host} ${request.url}`)
  })
  port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a request to a part of the local stack', () => {
  it('goes to loopback with the part’s own name as Host', async ({ expect }) => {
    const answer = await localFetch(`http://billing.localhost:${port}/calls?x=1`, { headers: { Host: 'spoofed' } })
    expect(await answer.text()).toBe(`GET billing.localhost:${port} /calls?x=1`)
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('does not follow redirects, and bears answers without a body', async ({ expect }) => {
    expect((await localFetch(`http://console.localhost:${port}/moved`)).status).toBe(302)
    expect((await localFetch(`http://console.localhost:${port}/nothing`)).status).toBe(204)
  })

  it('is given up after its time', async ({ expect }) => {
    await expect(localFetch(`http://billing.localhost:${port}/never`, { timeoutMs: 100 })).rejects.toThrow('no answer in time')
  })

  it('says when nobody listens', async ({ expect }) => {
    await expect(localFetch(`http://billing.localhost:${await freePort()}/`)).rejects.toThrow('ECONNREFUSED')
  })

  it('never leaves the machine', async ({ expect }) => {
    await expect(localFetch('http://example.com/')).rejects.toThrow('only talks to this machine')
  })
})
