/** Waits until `done` answers true; when the time is over, says what was still missing. */
export async function eventually(what: string, timeoutMs: number, done: () => Promise<true | string>): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let missing = 'never asked'
  while (Date.now() < deadline) {
    const answer = await done().catch((error: unknown) => String(error))
    if (answer === true) return
    missing = answer
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`${what} did not happen within ${timeoutMs} ms: ${missing}`)
}
