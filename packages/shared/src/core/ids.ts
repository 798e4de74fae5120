import { encodeTime, ulid } from 'ulidx'

/**
 * Ids are `<prefix>_<shard:2><ULID>`: `job_0001JD…`. The two digits name the DATA database that holds the row, so an id
 * alone is enough to find it; the ULID (https://github.com/ulid/spec) sorts by time of minting.
 */
export type IdPrefix = 'whk' | 'job' | 'msg' | 'req' | 'blk' | 'imp'

/** Randomness as an argument: returns a float in [0, 1), like `Math.random`. */
export type Random = () => number

const ID = /^(whk|job|msg|req|blk|imp)_(\d{2})([0-7][0-9A-HJKMNP-TV-Z]{25})$/

/** Mints an id. `now` in ms since the epoch, `shard` 0–99. */
export function newId(prefix: IdPrefix, shard: number, now: number, random: Random): string {
  return `${prefix}_${shardLabel(shard)}${ulid(now, random)}`
}

/** Sorts after every id of this shard that was minted before a time (ms since the epoch), and before all others. */
export function idFloor(prefix: IdPrefix, shard: number, time: number): string {
  return `${prefix}_${shardLabel(shard)}${encodeTime(Math.max(0, time), 10)}`
}

/** The DATA shard an id lives in, or `undefined` when the text is not one of our ids. */
export function shardOf(id: string): number | undefined {
  const shard = ID.exec(id)?.[2]
  return shard === undefined ? undefined : Number(shard)
}

/** Whether the text is a well-formed id with this prefix. */
export function isId(prefix: IdPrefix, id: string): boolean {
  return ID.exec(id)?.[1] === prefix
}

/** Two digits, as they stand in ids and binding names: `0` → `00`. */
export function shardLabel(shard: number): string {
  return String(shard).padStart(2, '0')
}

/** The public id of one row of the log: attempts `att_00.123`, events `evt_00.123.0` (the last number is the place in the row). */
export function logId(kind: 'att' | 'evt', shard: number, seq: number, index?: number): string {
  return `${kind}_${shardLabel(shard)}.${seq}${index === undefined ? '' : `.${index}`}`
}

/** Takes a log id apart; `undefined` when it is not one. */
export function parseLogId(id: string): { kind: 'att' | 'evt'; shard: number; seq: number; index: number } | undefined {
  const match = /^(att|evt)_(\d{2})\.(\d{1,15})(?:\.(\d{1,6}))?$/.exec(id)
  if (!match) return undefined
  return { kind: match[1] as 'att' | 'evt', shard: Number(match[2]), seq: Number(match[3]), index: Number(match[4] ?? 0) }
}

/** A dead letter's id: one job can die once in each generation. */
export function deadLetterId(jobId: string, generation: number): string {
  return `${jobId}.${generation}`
}

/** Takes a dead letter's id apart; `undefined` when it is not one. */
export function parseDeadLetterId(id: string): { jobId: string; generation: number } | undefined {
  const match = /^((?:job|msg)_\d{2}[0-9A-HJKMNP-TV-Z]{26})\.([1-9]\d{0,8})$/.exec(id)
  return match ? { jobId: match[1]!, generation: Number(match[2]) } : undefined
}
