import { CLIENT_HEADER } from '@orchestrator/shared/contracts/impersonation-api'
import { createApp } from '@orchestrator/shared/http/app'
import type { ExecutionApp } from '../app.ts'
import { enabled, type Identify, invalid } from '../clients/authenticate.ts'
import { type ClientVariables, clientDoor } from '../clients/door.ts'
import { type Isolate, thisIsolate } from '../deps.ts'
import type { Env } from '../env.ts'
import { registerExecute } from '../routes/execute.ts'
import { registerJobs } from '../routes/jobs.ts'

/** Control says as whom it calls: it has checked and audited who may. */
const named: Identify = async (headers, { config }) => {
  const id = headers.get(CLIENT_HEADER)
  const client = config.clients.find((one) => one.id === id)
  return client ? enabled(client) : invalid(`There is no client “${id}”.`, 'unknown client')
}

/** What a client's own requests meet, scopes and limits too, but for the proof of who calls. */
export function createAsClient(isolate: Isolate = thisIsolate): ExecutionApp {
  const app = createApp<Env, ClientVariables>({ worker: 'execution' })
  const door = clientDoor(isolate, named)
  registerExecute(app, isolate, door)
  registerJobs(app, isolate, door)
  return app
}
