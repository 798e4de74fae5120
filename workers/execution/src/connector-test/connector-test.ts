import { WorkerEntrypoint } from 'cloudflare:workers'
import { parseEnv } from '../env.ts'
import { createConnectorTest } from './app.ts'

const app = createConnectorTest()

/** Control's door, which no host leads to: operators try connectors through it, and control has checked and audited that. */
export class ConnectorTest extends WorkerEntrypoint<unknown> {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, parseEnv(this.env), this.ctx)
  }
}
