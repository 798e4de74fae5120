import { sha256Hex } from '../core/bytes.ts'
import { newId } from '../core/ids.ts'

/**
 * The id under which a message without a job is kept. It follows from what the queue says of the message (`id`, and `sentAt` in
 * ms), so whoever keeps the same message, and however often, keeps it once.
 */
export async function orphanId(shard: number, message: { id: string; sentAt: number }): Promise<string> {
  const digest = await sha256Hex(message.id)
  let place = 0
  const random = (): number => Number.parseInt(digest.slice(place, (place += 2)), 16) / 256
  return newId('msg', shard, message.sentAt, random)
}
