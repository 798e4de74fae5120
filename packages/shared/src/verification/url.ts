/** RFC 3986 characters that HubSpot decodes in the address before it signs: `: / ? @ ! $ ' ( ) * , ;`. */
const HUBSPOT_DECODED = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi

/** The address with some escapes undone. https://developers.hubspot.com/docs/api/webhooks/validating-requests */
export function decodeReserved(url: string): string {
  return url.replace(HUBSPOT_DECODED, (escape) => decodeURIComponent(escape))
}

/**
 * The address as the sender knows it. What is registered goes before what reached us, since proxies rewrite hosts and ports;
 * the query is the one that came, unless the registered address has one of its own.
 */
export function signedUrl(received: string, registered: string | undefined): string {
  if (registered === undefined || registered.includes('?')) return registered ?? received
  const query = received.indexOf('?')
  return query < 0 ? registered : registered + received.slice(query)
}
