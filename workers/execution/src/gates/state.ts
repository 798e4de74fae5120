/** What an isolate remembers of the gates between invocations: data only, never a promise. */
export interface GatesState {
  /** Named, so that states are not mistaken for other plain objects. */
  readonly kind: 'gates'
}

export function createGatesState(): GatesState {
  return { kind: 'gates' }
}
