import type { AuditPublicKey, SignedHead } from '../contracts/audit-api.ts'
import { type AuditKey, isSignedBy, keyIdOf } from './signing-key.ts'
import type { ChainHead } from './verify.ts'

function headText(head: ChainHead & { at: number }): string {
  return `orchestrator-audit-head\n${head.seq}\n${head.hash}\n${head.at}`
}

/** Signs the head of the chain as it stood at a time (ms). */
export async function signHead(key: AuditKey, { seq, hash }: ChainHead, at: number): Promise<SignedHead> {
  return { seq, hash, at, keyId: key.keyId, signature: await key.sign(headText({ seq, hash, at })) }
}

/** Whether a head was signed by the owner of this key. What is no key signed nothing. */
export async function isHeadSignedBy(publicKey: AuditPublicKey, head: SignedHead): Promise<boolean> {
  return (await isSignedBy(publicKey, head.signature, headText(head))) && head.keyId === (await keyIdOf(publicKey))
}
