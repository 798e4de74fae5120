import { answerSecretCheck } from '@orchestrator/shared/http/secret-check'
import { WorkerEntrypoint } from 'cloudflare:workers'
import { parseEnv } from '../env.ts'

/** Control's door, which no host leads to: operators ask whether a secret can be read here. */
export class SecretCheck extends WorkerEntrypoint<unknown> {
  override fetch(request: Request): Promise<Response> {
    return answerSecretCheck(request, parseEnv(this.env), Date.now())
  }
}
