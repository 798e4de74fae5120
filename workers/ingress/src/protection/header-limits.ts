/** DocuSign alone may send a hundred signatures. */
export const MAX_HEADERS = 200
/** Names and values together, bytes. They are stored with the webhook, in one row of at most 2 MB. */
export const MAX_HEADER_BYTES = 49_152

/** Whether the headers are few and short enough to be stored. */
export function headersFit(headers: readonly (readonly [name: string, value: string])[]): boolean {
  let bytes = 0
  for (const [name, value] of headers) bytes += name.length + value.length
  return headers.length <= MAX_HEADERS && bytes <= MAX_HEADER_BYTES
}
