/**
 * Compares in time that depends only on the length of `a`. Different lengths are unequal, and take as long.
 * (`crypto.subtle.timingSafeEqual` exists only in Workers; this file also runs in browsers and Node.)
 */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ (b[i] ?? 0)
  return difference === 0
}
