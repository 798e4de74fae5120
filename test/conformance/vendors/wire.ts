import { createHash, createHmac, type BinaryLike, type BinaryToTextEncoding } from 'node:crypto'
import type { Signing, VendorRequest } from './vendor-case.ts'

export const JSON_TYPE = 'application/json'
export const FORM_TYPE = 'application/x-www-form-urlencoded'

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

export function text(request: VendorRequest): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(request.body)
}

/** A POST of the body as it was given. */
export function post(
  { body, url }: Pick<Signing, 'body' | 'url'>,
  headers: Record<string, string>,
  contentType = JSON_TYPE,
): VendorRequest {
  return { method: 'POST', url, headers: { 'content-type': contentType, ...headers }, body: bytes(body) }
}

export function header(request: VendorRequest, name: string): string {
  const value = new Headers(request.headers).get(name)
  if (value === null) throw new Error(`the request has no ${name} header`)
  return value
}

export function unixSeconds(now: Date): number {
  return Math.floor(now.getTime() / 1000)
}

export function hmac(algorithm: 'sha1' | 'sha256', key: BinaryLike, data: string, encoding: BinaryToTextEncoding): string {
  return createHmac(algorithm, key).update(data).digest(encoding)
}

export function sha256(data: BinaryLike, encoding: BinaryToTextEncoding): string {
  return createHash('sha256').update(data).digest(encoding)
}

/** Most packages throw where they refuse. */
export async function passes(check: () => unknown): Promise<boolean> {
  try {
    await check()
    return true
  } catch {
    return false
  }
}

/** Exchanges one digit for another: the body stays the JSON or form that it was. */
export function withLastDigitChanged(body: string, before = body.length): string {
  const at = body.slice(0, before).search(/\d\D*$/)
  if (at < 0) throw new Error('the body has no digit to change')
  const digit = body[at] === '7' ? '8' : '7'
  return body.slice(0, at) + digit + body.slice(at + 1)
}

export function withBody(request: VendorRequest, body: string): VendorRequest {
  return { ...request, body: bytes(body) }
}

export function withHeader(request: VendorRequest, name: string, value: string): VendorRequest {
  const others = Object.entries(request.headers).filter(([key]) => key.toLowerCase() !== name.toLowerCase())
  return { ...request, headers: { ...Object.fromEntries(others), [name]: value } }
}

export function asFetchRequest(request: VendorRequest): Request {
  const { method, headers, body } = request
  return new Request(request.url, { method, headers, body })
}
