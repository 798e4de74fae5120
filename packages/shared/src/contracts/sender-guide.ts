import * as z from 'zod'

/** A non-secret value that an operator gives a provider of this preset (`publicUrl` has a field of its own). */
const settingGuide = z.object({
  name: z.string().min(1),
  title: z.string().min(1),
  required: z.boolean(),
  /** Several values are allowed, as an array of texts. */
  list: z.boolean(),
})

/** What an operator needs to know of a sender, shown beside the preset; ingress does without it. */
export const senderGuide = z.object({
  docsUrl: z.url(),
  /** What to paste as the secret, and where at the sender it is found. `null`: there is none. */
  secret: z.string().min(1).nullable(),
  settings: z.array(settingGuide),
  /** `publicUrl` is signed: it must be the address exactly as registered at the sender. */
  signsUrl: z.boolean(),
  /** What to do at the sender, a sentence a step. */
  steps: z.array(z.string().min(1)).min(1),
  /** How long the sender waits for our answer, seconds; `null` where it does not say. */
  deadlineSeconds: z.number().positive().nullable(),
  /** How it sends again, in a sentence. */
  retries: z.string().min(1),
  /** What to beware of, a sentence each. */
  cautions: z.array(z.string().min(1)),
  /** Networks that the sender publishes, CIDR. Empty where it publishes none that stay. */
  ipRanges: z.array(z.string()),
})
export type SenderGuide = z.infer<typeof senderGuide>

/** A realistic event, for test events and round trips. `body` is the text that is sent. */
export const sampleEvent = z.object({
  contentType: z.string().min(1),
  body: z.string(),
  /** Headers of the event itself (id, type), without the signature. */
  headers: z.record(z.string(), z.string()),
  /** Added to the registered address, where the event travels in it (`?CallSid=…`). */
  query: z.string().optional(),
})
export type SampleEvent = z.infer<typeof sampleEvent>
