import { createServer } from 'node:net'

/** The address is taken by another program. */
export class PortInUseError extends Error {
  override name = 'PortInUseError'
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  return listenBriefly(0)
}

/** @throws {PortInUseError} when somebody listens on `port`. */
export async function refuseBusyPort(port: number): Promise<void> {
  try {
    await listenBriefly(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new PortInUseError(`Port ${port} is in use by another program. Stop it, or choose another port: PORT=${port + 1}`)
  }
}

async function listenBriefly(port: number): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}
