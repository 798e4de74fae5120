import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const GONE_DEADLINE_MS = 5_000

export interface WorkerdProcess {
  pid: number
  parent: number
}

/** The workerd that listens on a loopback port, found by its command line. */
export function findWorkerd(port: number): WorkerdProcess | undefined {
  const mark = `--socket-addr=entry=127.0.0.1:${port}`
  const found = listProcesses().find(({ args }) => args.includes('workerd') && args.split(/\s+/).includes(mark))
  return found && { pid: found.pid, parent: found.parent }
}

/** Ends a process the hard way, and waits until it is gone. */
export async function killAndWait(pid: number): Promise<void> {
  const deadline = Date.now() + GONE_DEADLINE_MS
  while (signal(pid, 'SIGKILL')) {
    if (Date.now() > deadline) throw new Error(`process ${pid} does not end`)
    await sleep(20)
  }
}

/**
 * Lets workerd die with us, however we die: workerd itself goes on after `kill -9` of its parent. The guard holds the other end
 * of a pipe; when that closes, it kills. Answers what calls the guard off.
 */
export function guardWorkerd(port: number): () => void {
  const workerd = findWorkerd(port)
  if (!workerd || process.platform === 'win32') return () => undefined
  const guard: ChildProcess = spawn('sh', ['-c', 'read _; kill -9 "$1" 2>/dev/null', 'workerd-guard', String(workerd.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell there is no guard; the next start on the same state ends the orphan.
  guard.on('error', () => undefined)
  guard.unref()
  return () => {
    guard.kill('SIGKILL')
  }
}

/** Whether a process is there, and alive. */
export function isRunning(pid: number): boolean {
  return signal(pid, 0)
}

function signal(pid: number, name: 'SIGKILL' | 0): boolean {
  try {
    process.kill(pid, name)
    return !isZombie(pid)
  } catch (error) {
    // Another user's process is there, although we may not signal it.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Dead, but not yet collected by its parent: it holds nothing any more. */
function isZombie(pid: number): boolean {
  try {
    return /\)\s+Z\s/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function listProcesses(): (WorkerdProcess & { args: string })[] {
  return existsSync('/proc/self/stat') ? fromProc() : fromPs()
}

function fromProc(): (WorkerdProcess & { args: string })[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const parent = /\)\s+\S\s+(\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]
        return [{ pid: Number(name), parent: Number(parent), args }]
      } catch {
        return []
      }
    })
}

function fromPs(): (WorkerdProcess & { args: string })[] {
  try {
    const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', timeout: 5_000 }).split('\n')
    return lines.flatMap((line) => {
      const parts = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)
      return parts ? [{ pid: Number(parts[1]), parent: Number(parts[2]), args: String(parts[3]) }] : []
    })
  } catch {
    return []
  }
}
