import { PEOPLE } from '../values.ts'
import type { App } from './token.ts'

/** The page that lists the people of development. `app` and `to` come back with the choice. */
export function signInPage(app: App, to: string): Response {
  const people = PEOPLE.map(
    ({ email, about }) =>
      `<li><button name="email" value="${escapeHtml(email)}">${escapeHtml(email)}</button> <span>${escapeHtml(about)}</span></li>`,
  )
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in · local Access</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
ul { list-style: none; padding: 0 }
li { display: flex; align-items: center; gap: 1rem; margin: .5rem 0 }
button { font: inherit; min-width: 16rem; padding: .5rem 1rem; text-align: left; cursor: pointer }
</style>
</head>
<body>
<h1>Sign in</h1>
<p>This stands in for Cloudflare Access on your machine. Choose who you are. Who is not listed has no role: it can be bound to their
email, or to one of their groups (<code>POST /v1/role-bindings</code>).</p>
<form method="post" action="/sign-in">
<input type="hidden" name="app" value="${escapeHtml(app)}">
<input type="hidden" name="to" value="${escapeHtml(to)}">
<p><label>Groups, with commas between: <input name="groups" placeholder="on-call, platform"></label></p>
<ul>
${people.join('\n')}
</ul>
</form>
<p>Scripts: <code>GET /token?email=operator@example.com&amp;app=console&amp;groups=on-call</code> answers a token, without a login.</p>
</body>
</html>
`
  return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } })
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
