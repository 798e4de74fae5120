import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import * as airtable from './airtable.ts'
import * as asana from './asana.ts'
import * as calendly from './calendly.ts'
import * as circleci from './circleci.ts'
import * as dropbox from './dropbox.ts'
import * as elevenlabs from './elevenlabs.ts'
import * as gocardless from './gocardless.ts'
import * as heroku from './heroku.ts'
import * as intercom from './intercom.ts'
import * as jira from './jira.ts'
import * as line from './line.ts'
import * as modernTreasury from './modern-treasury.ts'
import * as mollie from './mollie.ts'
import * as mux from './mux.ts'
import * as notion from './notion.ts'
import * as paddleBilling from './paddle-billing.ts'
import * as pagerduty from './pagerduty.ts'
import * as quickbooks from './quickbooks.ts'
import * as sentry from './sentry.ts'
import * as stripe from './stripe.ts'
import * as twitchEventsub from './twitch-eventsub.ts'
import * as typeform from './typeform.ts'
import * as vercel from './vercel.ts'
import * as viber from './viber.ts'
import * as woocommerce from './woocommerce.ts'
import * as workos from './workos.ts'
import * as xTwitter from './x-twitter.ts'
import * as xero from './xero.ts'
import * as zendesk from './zendesk.ts'

/** What operators read about a sender, and a realistic event of it. */
export interface SenderNotes {
  guide: SenderGuide
  sample: SampleEvent
}

const MODULES: readonly (SenderNotes & { preset: { id: string } })[] = [
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

const byId = new Map(MODULES.map(({ preset, guide, sample }) => [preset.id, { guide, sample }]))

/** The notes on a preset, or `undefined` where we ship none of this id. */
export function findSenderNotes(id: string): SenderNotes | undefined {
  return byId.get(id)
}
