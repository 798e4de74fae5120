import { once } from 'node:events'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import { it } from 'vitest'
import { startFakeControl } from '../testing/fake-control.ts'
import { exchange } from './exchange.ts'
import { readText } from './read-text.ts'

/** Listens, and from then on does nothing at all: once its queue is full, the system answers no further connection. */
const DEAF = `
  const { createServer } = require('node:net')
  const { parentPort } = require('node:worker_threads')
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20)
  })`

it('waits no longer for a connection than for an answer', { timeout: 10_000 }, async ({ expect }) => {
  const deaf = new Worker(DEAF, { eval: true })
  const [port] = (await once(deaf, 'message')) as [number]
  await new Promise((resolve) => setTimeout(resolve, 200))
  const queued = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  await new Promise((resolve) => setTimeout(resolve, 200))
  const url = new URL(`http://127.0.0.1:${port}/`)
  await expect(exchange({ url, method: 'GET', headers: {}, timeoutMs: 200 })).rejects.toMatchObject({ code: 'TIMEOUT' })
  for (const socket of queued) socket.destroy()
  await deaf.terminate()
})

it('does not take a slow reader, such as a pager, for a silent server', async ({ expect }) => {
  const whole = 'x'.repeat(8_000_000)
  const control = await startFakeControl({
    'GET /whole': { body: whole },
    'GET /silent': (_request, response) => void response.writeHead(200).write(whole),
  })
  const later = async (path: string): Promise<string> => {
    const { body } = await exchange({ url: new URL(path, control.url), method: 'GET', headers: {}, timeoutMs: 700 })
    await new Promise((resolve) => setTimeout(resolve, 1_600))
    return readText(body)
  }
  expect((await later('/whole')).length).toBe(whole.length)
  await expect(later('/silent')).rejects.toThrow()
  await control.stop()
})
