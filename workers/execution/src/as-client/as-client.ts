import { WorkerEntrypoint } from 'cloudflare:workers'
import { parseEnv } from '../env.ts'
import { createAsClient } from './app.ts'

const app = createAsClient()

/** Control's door, which no host leads to: an administrator acts as a client through it, and control has checked and audited that. */
export class AsClient extends WorkerEntrypoint<unknown> {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, parseEnv(this.env), this.ctx)
  }
}
