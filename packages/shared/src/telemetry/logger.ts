import { errorMessage } from '../core/errors.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Record<string, string | number | boolean | null | undefined | readonly string[]>

/** Writes structured lines. `with` gives a logger whose lines carry more fields. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void
  with(fields: LogFields): Logger
}

export type LogSink = (level: LogLevel, line: string) => void

const consoleSink: LogSink = (level, line) => {
  if (level === 'error') console.error(line)
  else if (level === 'warn') console.warn(line)
  else console.log(line)
}

/** One JSON object a line: `level, message`, then the fields. Logging never throws. */
export function createLogger(base: LogFields, sink: LogSink = consoleSink): Logger {
  return {
    log(level, message, fields) {
      try {
        sink(level, JSON.stringify({ level, message, ...base, ...fields }))
      } catch (error) {
        sink('error', JSON.stringify({ level: 'error', message: 'a log line could not be written', cause: errorMessage(error) }))
      }
    },
    with: (fields) => createLogger({ ...base, ...fields }, sink),
  }
}
