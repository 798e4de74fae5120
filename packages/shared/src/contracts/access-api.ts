/** Who has which role, by API. */
import * as z from 'zod'
import { role } from './audit.ts'
import { page, replayRequest } from './control-api.ts'

const time = z.iso.datetime()

export const bindingKind = z.enum(['user', 'group', 'service'])
export type BindingKind = z.infer<typeof bindingKind>

const subject = z.string().min(1).max(320)
const why = replayRequest.shape.reason

/** `POST /v1/role-bindings`. To bind the same again changes nothing. */
export const roleBindingRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), subject: z.email().max(320).toLowerCase(), role, reason: why }),
  z.strictObject({
    kind: z.literal('group'),
    /** The name or the id that the identity provider tells, exactly. */
    subject: z
      .string()
      .min(1)
      .max(200)
      .refine((name) => name.isWellFormed(), 'is no well-formed Unicode')
      .refine((name) => name.trim() === name, 'begins or ends with white space: no group is called that')
      .refine((name) => !/[\p{Cc}\p{Cf}]/u.test(name), 'has characters that cannot be seen'),
    role,
    reason: why,
  }),
  z.strictObject({
    kind: z.literal('service'),
    /** The client id of an Access service token (`common_name` of what it is exchanged for). */
    subject: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'is the client id of a service token, such as 8f1c….access'),
    role,
    reason: why,
  }),
])
export type RoleBindingRequest = z.infer<typeof roleBindingRequest>

export const roleBinding = z.object({
  kind: bindingKind,
  subject,
  role,
  createdAt: time,
  /** Who bound it; null where it was there from the start. */
  createdBy: z.string().nullable(),
})
export type RoleBinding = z.infer<typeof roleBinding>

export const roleBindingPage = page(roleBinding)

/** `auditSeq` is null where it was bound before. In force within 5 s. */
export const createdRoleBinding = roleBinding.extend({ auditSeq: z.int().nullable() })
export type CreatedRoleBinding = z.infer<typeof createdRoleBinding>

export const deletedRoleBinding = roleBinding.pick({ kind: true, subject: true, role: true }).extend({
  deleted: z.literal(true),
  auditSeq: z.int().nullable(),
})
export type DeletedRoleBinding = z.infer<typeof deletedRoleBinding>
