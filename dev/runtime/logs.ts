/** What Workers and the runtime itself write. `timestamp` in ms. */
export interface LogLine {
  timestamp: number
  level: string
  message: string
}

const COLOURS: Readonly<Record<string, string>> = { error: '\u001B[31m', warn: '\u001B[33m', debug: '\u001B[2m' }
const RESET = '\u001B[0m'

/** A line for people: time, Worker, message, then the other fields. Lines that are not ours are shown as they are. */
export function formatLog(line: LogLine, colour: boolean): string {
  const time = new Date(line.timestamp).toTimeString().slice(0, 8)
  const fields = parse(line.message)
  const level = textOf(fields?.level ?? line.level)
  const text = fields ? describe(fields) : line.message
  const mark = level === 'error' ? 'ERROR ' : level === 'warn' ? 'WARN ' : ''
  const formatted = `${time} ${mark}${text}`
  const begin = colour ? COLOURS[level] : undefined
  return begin ? `${begin}${formatted}${RESET}` : formatted
}

/** Whether a line is worth showing: health checks and debug lines are not. */
export function isWorthShowing(line: LogLine): boolean {
  const fields = parse(line.message)
  const path = typeof fields?.path === 'string' ? fields.path : ''
  return (fields?.level ?? line.level) !== 'debug' && !/^\/(livez|readyz)$/.test(path)
}

/** Of no use on one machine with one version: they stay in the JSON. */
const LEFT_OUT = new Set(['level', 'message', 'worker', 'release', 'requestId', 'method', 'path', 'status', 'durationMs'])

function describe(fields: Record<string, unknown>): string {
  const pairs = Object.entries(fields).filter(([name, value]) => !LEFT_OUT.has(name) && value !== null && value !== undefined)
  const facts = pairs.map(([name, value]) => `${name}=${textOf(value)}`)
  return [textOf(fields.worker ?? 'worker').padEnd(9), headline(fields), ...facts].join(' ')
}

/** A request is told by what was asked and answered, anything else by its message. */
function headline({ message, method, path, status, durationMs }: Record<string, unknown>): string {
  if (message === 'request') return `${textOf(method)} ${textOf(path)} → ${textOf(status)} in ${textOf(durationMs)} ms`
  const facts = [status, durationMs === undefined ? undefined : `${textOf(durationMs)} ms`]
  return [message, ...facts.filter((fact) => fact !== undefined)].map(textOf).join(' ')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function parse(message: string): Record<string, unknown> | undefined {
  if (!message.startsWith('{')) return undefined
  try {
    const value = JSON.parse(message) as Record<string, unknown>
    return typeof value.message === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
