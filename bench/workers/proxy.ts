/** The least a call through somebody else can cost: take the request, make the call, give the answer. No keys, no policies, no log. */
export default {
  async fetch(request) {
    const { input } = await request.json<{ input: unknown }>()
    const response = await fetch('http://upstream.localhost/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    })
    return Response.json({ status: response.status, body: await response.json() })
  },
} satisfies ExportedHandler
