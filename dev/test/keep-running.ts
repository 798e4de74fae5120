import { STUBS } from './stub-stack.ts'
import { startRuntime } from '../runtime/start-runtime.ts'

/** A stack in a process of its own, to be killed. */
const runtime = await startRuntime({ port: 0, stateDir: String(process.argv[2]), logLevel: 'silent', entrypoints: STUBS ?? {} })
console.log(runtime.port)
