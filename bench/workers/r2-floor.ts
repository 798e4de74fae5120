interface Env {
  PAYLOADS: R2Bucket
}

/**
 * The least a large body can cost in memory here: it is passed into R2 as it comes, unseen (`/put`), or read and forgotten
 * (`/drop`). What ingress holds beyond that is measured against it (`pnpm bench:bodies`).
 */
export default {
  async fetch(request, env) {
    if (request.body === null) return new Response('ready')
    if (new URL(request.url).pathname === '/put') await env.PAYLOADS.put(`floor/${crypto.randomUUID()}`, request.body)
    else await request.body.pipeTo(new WritableStream())
    return new Response('done')
  },
} satisfies ExportedHandler<Env>
