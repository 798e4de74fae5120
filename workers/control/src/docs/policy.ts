import { toBase64, utf8 } from '@orchestrator/shared/core/bytes'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', utf8(text))
  return `'sha256-${toBase64(new Uint8Array(digest))}'`
}

/** Nothing but the page's own style and script, known by their hashes (CSP Level 3, section 6.7.3). */
export async function contentSecurityPolicy(): Promise<string> {
  const [style, script] = await Promise.all([hashOf(STYLE), hashOf(SCRIPT)])
  return `default-src 'none'; style-src ${style}; script-src ${script}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
}
