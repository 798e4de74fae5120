/** RFC 3986 characters that HubSpot decodes in the address before it signs: `: / ? @ ! $ ' ( ) * , ;`. */
const HUBSPOT_DECODED = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi

/** The address with some escapes undone. https://developers.hubspot.com/docs/api/webhooks/validating-requests */
export function decodeReserved(url: string): string {
  return url.replace(HUBSPOT_DECODED, (escape) => decodeURIComponent(escape))
}

/**
 * The address as the sender knows it. What is registered goes before what reached us, since proxies rewrite hosts and ports. The
 * query is always the one that came, since a token may be in it; where the same one is registered, in its registered spelling.
 */
export function signedUrl(received: string, registered: string | undefined): string {
  if (registered === undefined) return received
  const { search } = new URL(received)
  const [address = ''] = registered.split('?', 1)
  return new URL(registered).search === search ? registered : address + search
}
