/** Waits for all that is kept. What is kept may bring about more that is to be kept. Never rejects. */
export async function settleAll(kept: readonly Promise<unknown>[]): Promise<void> {
  for (let i = 0; i < kept.length; i++) await Promise.allSettled([kept[i]])
}
