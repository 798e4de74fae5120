import type { Preset } from '../../contracts/preset.ts'
import { preset as airtable } from './airtable.ts'
import { preset as asana } from './asana.ts'
import { preset as calendly } from './calendly.ts'
import { preset as circleci } from './circleci.ts'
import { preset as dropbox } from './dropbox.ts'
import { preset as elevenlabs } from './elevenlabs.ts'
import { preset as gocardless } from './gocardless.ts'
import { preset as heroku } from './heroku.ts'
import { preset as intercom } from './intercom.ts'
import { preset as jira } from './jira.ts'
import { preset as line } from './line.ts'
import { preset as modernTreasury } from './modern-treasury.ts'
import { preset as mollie } from './mollie.ts'
import { preset as mux } from './mux.ts'
import { preset as notion } from './notion.ts'
import { preset as paddleBilling } from './paddle-billing.ts'
import { preset as pagerduty } from './pagerduty.ts'
import { preset as quickbooks } from './quickbooks.ts'
import { preset as sentry } from './sentry.ts'
import { preset as stripe } from './stripe.ts'
import { preset as twitchEventsub } from './twitch-eventsub.ts'
import { preset as typeform } from './typeform.ts'
import { preset as vercel } from './vercel.ts'
import { preset as viber } from './viber.ts'
import { preset as woocommerce } from './woocommerce.ts'
import { preset as workos } from './workos.ts'
import { preset as xTwitter } from './x-twitter.ts'
import { preset as xero } from './xero.ts'
import { preset as zendesk } from './zendesk.ts'

/** Every preset we ship. A new sender is one more file here. Guides and samples are in `guides.ts`, which ingress does without. */
export const PRESETS: readonly Preset[] = [
  airtable,
  asana,
  calendly,
  circleci,
  dropbox,
  elevenlabs,
  gocardless,
  heroku,
  intercom,
  jira,
  line,
  modernTreasury,
  mollie,
  mux,
  notion,
  paddleBilling,
  pagerduty,
  quickbooks,
  sentry,
  stripe,
  twitchEventsub,
  typeform,
  vercel,
  viber,
  woocommerce,
  workos,
  xero,
  xTwitter,
  zendesk,
]

const byId = new Map(PRESETS.map((preset) => [preset.id, preset]))

/** The preset with this id, or `undefined`. */
export function findPreset(id: string): Preset | undefined {
  return byId.get(id)
}
