const SECRET_NAME = /secret|token|passw(or)?d|passphrase|authorization|cookie|credential|api[-_]?key|private[-_]?key|signature/i

/** Whether a field or header of this name holds something that proves an identity, as far as its name tells. */
export function soundsSecret(name: string): boolean {
  return SECRET_NAME.test(name)
}
