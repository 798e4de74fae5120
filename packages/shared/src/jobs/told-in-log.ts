import type { EventType } from '../contracts/events.ts'

/** Whether the log of a job `j` has an event of this type under this sequence of the audit log: who made a change, whatever answers were lost. */
export function toldInLog(type: EventType, auditSeq: string): string {
  return `EXISTS (SELECT 1 FROM json_each(j.log) AS l JOIN events AS e ON e.seq = l.value, json_each(e.events) AS v
  WHERE v.value ->> '$.type' = '${type}' AND v.value ->> '$.data.auditSeq' = ${auditSeq})`
}
