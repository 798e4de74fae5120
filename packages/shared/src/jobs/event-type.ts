/** The type of the webhook that a job `j` came of; null where it came of none. Only dead letters keep it. */
export const EVENT_TYPE = '(SELECT i.type FROM inbox AS i WHERE i.id = j.inbox_id)'
