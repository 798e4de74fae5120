/** The columns of a dead job that goes back to work, but for its place in a line and in the log; its next death does what was asked for. `now` and `graceMs` are SQL. */
export function backToWork(now: string, graceMs: string): string {
  return `state = 'queued', generation = generation + 1, attempts = 0, lost_leases = 0, native_deaths = 0, resends = 0,
  token = NULL, lease_until = NULL, first_started_at = NULL, finished_at = NULL, result = NULL,
  due_at = ${now}, wake_at = ${now} + ${graceMs}, on_death = iif(on_death = 'released', 'block', on_death)`
}
