const HIDDEN = '[secret]'

/** A text without these secrets, in any spelling that they have inside a JSON string, a form, an address, or base64. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const spellings = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      new URLSearchParams({ '': secret }).toString().slice(1),
      btoa(String.fromCharCode(...new TextEncoder().encode(secret))),
    ])
  return [...new Set(spellings)].toSorted((a, b) => b.length - a.length).reduce((rest, one) => rest.replaceAll(one, HIDDEN), text)
}
