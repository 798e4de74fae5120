import { AppError } from '@orchestrator/shared/core/errors'

/** Vite names these files after their content, so they never change. */
const HASHED_PREFIX = '/assets/'

/**
 * A static file, with the caching it deserves. Paths of the web app get the page itself (the asset layer's
 * single-page mode); a hashed file that is gone is 404, or a browser would take the page for a script.
 */
export async function serveAsset(request: Request, fetchAsset: (request: Request) => Promise<Response>): Promise<Response> {
  const path = new URL(request.url).pathname
  const asset = await fetchAsset(request)
  const isPage = asset.headers.get('content-type')?.startsWith('text/html') ?? false
  if (path.startsWith(HASHED_PREFIX) && (isPage || asset.status === 404)) {
    await asset.body?.cancel()
    throw new AppError('not_found', 'This file belongs to another release; reload the page.')
  }
  const response = new Response(asset.body, asset)
  response.headers.set('cache-control', cacheControl(path, isPage))
  return response
}

function cacheControl(path: string, isPage: boolean): string {
  if (isPage) return 'no-store'
  return path.startsWith(HASHED_PREFIX) ? 'public, max-age=31536000, immutable' : 'public, max-age=3600'
}
