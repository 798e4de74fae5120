import { readFileSync } from 'node:fs'

/** Linux counts a process's time in these, whatever the machine. */
const TICKS_PER_SECOND = 100

/** CPU time that a process has used, all its threads together; NaN where `/proc` is not Linux's. */
export function cpuSeconds(pid: number): number {
  try {
    // The name, in parentheses, may hold spaces; user and system time are the 12th and 13th field after it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return Number.NaN
  }
}
