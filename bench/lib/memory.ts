import { readFileSync, writeFileSync } from 'node:fs'

const KIB_PER_MIB = 1_024

/** Resident memory of a process in MiB; NaN where `/proc` is not Linux's. */
export function residentMib(pid: number): number {
  return readStatus(pid, 'VmRSS')
}

/** The most of it since {@link forgetPeak}, MiB. The kernel keeps it, so no peak is missed. */
export function peakMib(pid: number): number {
  return readStatus(pid, 'VmHWM')
}

/** Lets the peak begin anew at what is resident now. */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Not Linux, or not ours: the figures will be NaN, or of the process's whole life.
  }
}

function readStatus(pid: number, field: string): number {
  try {
    const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kib) / KIB_PER_MIB
  } catch {
    return Number.NaN
  }
}
