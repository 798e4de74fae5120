import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import * as adyenPayments from './adyen-payments.ts'
import * as adyenPlatform from './adyen-platform.ts'
import * as airtable from './airtable.ts'
import * as anthropic from './anthropic.ts'
import * as asana from './asana.ts'
import * as auth0LogStream from './auth0-log-stream.ts'
import * as awsSns from './aws-sns.ts'
import * as azureEventGrid from './azure-event-grid.ts'
import * as bigcommerce from './bigcommerce.ts'
import * as bitbucket from './bitbucket.ts'
import * as box from './box.ts'
import * as braintree from './braintree.ts'
import * as calendly from './calendly.ts'
import * as chargebee from './chargebee.ts'
import * as circleci from './circleci.ts'
import * as clerk from './clerk.ts'
import * as cloudevents from './cloudevents.ts'
import * as coinbaseCommerce from './coinbase-commerce.ts'
import * as contentful from './contentful.ts'
import * as discord from './discord.ts'
import * as docusign from './docusign.ts'
import * as dodopayments from './dodopayments.ts'
import * as dropbox from './dropbox.ts'
import * as dropboxSign from './dropbox-sign.ts'
import * as easypost from './easypost.ts'
import * as elevenlabs from './elevenlabs.ts'
import * as finch from './finch.ts'
import * as getstream from './getstream.ts'
import * as github from './github.ts'
import * as gitlab from './gitlab.ts'
import * as gitlabSigningToken from './gitlab-signing-token.ts'
import * as gocardless from './gocardless.ts'
import * as googlePubsub from './google-pubsub.ts'
import * as heroku from './heroku.ts'
import * as hookdeck from './hookdeck.ts'
import * as hubspotV1 from './hubspot-v1.ts'
import * as hubspotV2 from './hubspot-v2.ts'
import * as hubspotV3 from './hubspot-v3.ts'
import * as intercom from './intercom.ts'
import * as jira from './jira.ts'
import * as lemonsqueezy from './lemonsqueezy.ts'
import * as line from './line.ts'
import * as linear from './linear.ts'
import * as lithic from './lithic.ts'
import * as liveblocks from './liveblocks.ts'
import * as livekit from './livekit.ts'
import * as mailchimp from './mailchimp.ts'
import * as mailgun from './mailgun.ts'
import * as mandrill from './mandrill.ts'
import * as messagebird from './messagebird.ts'
import * as metaWhatsapp from './meta-whatsapp.ts'
import * as microsoftGraph from './microsoft-graph.ts'
import * as modernTreasury from './modern-treasury.ts'
import * as mollie from './mollie.ts'
import * as moralisStreams from './moralis-streams.ts'
import * as mux from './mux.ts'
import * as netlify from './netlify.ts'
import * as notion from './notion.ts'
import * as okta from './okta.ts'
import * as openai from './openai.ts'
import * as orb from './orb.ts'
import * as paddleBilling from './paddle-billing.ts'
import * as paddleClassic from './paddle-classic.ts'
import * as pagerduty from './pagerduty.ts'
import * as paypal from './paypal.ts'
import * as persona from './persona.ts'
import * as plaid from './plaid.ts'
import * as polar from './polar.ts'
import * as postmark from './postmark.ts'
import * as pusher from './pusher.ts'
import * as quickbooks from './quickbooks.ts'
import * as razorpay from './razorpay.ts'
import * as recurly from './recurly.ts'
import * as resend from './resend.ts'
import * as retell from './retell.ts'
import * as sanity from './sanity.ts'
import * as sendgrid from './sendgrid.ts'
import * as sentry from './sentry.ts'
import * as shopify from './shopify.ts'
import * as slack from './slack.ts'
import * as square from './square.ts'
import * as standardWebhooks from './standard-webhooks.ts'
import * as stripe from './stripe.ts'
import * as svix from './svix.ts'
import * as telegram from './telegram.ts'
import * as telnyx from './telnyx.ts'
import * as trello from './trello.ts'
import * as twilio from './twilio.ts'
import * as twitchEventsub from './twitch-eventsub.ts'
import * as typeform from './typeform.ts'
import * as upstashQstash from './upstash-qstash.ts'
import * as vercel from './vercel.ts'
import * as viber from './viber.ts'
import * as vonage from './vonage.ts'
import * as woocommerce from './woocommerce.ts'
import * as workos from './workos.ts'
import * as xTwitter from './x-twitter.ts'
import * as xero from './xero.ts'
import * as zendesk from './zendesk.ts'
import * as zoom from './zoom.ts'

/** What operators read about a sender, and a realistic event of it. */
export interface SenderNotes {
  guide: SenderGuide
  sample: SampleEvent
}

const MODULES: readonly (SenderNotes & { preset: { id: string } })[] = [
  adyenPayments,
  adyenPlatform,
  airtable,
  anthropic,
  asana,
  auth0LogStream,
  awsSns,
  azureEventGrid,
  bigcommerce,
  bitbucket,
  box,
  braintree,
  calendly,
  chargebee,
  circleci,
  clerk,
  cloudevents,
  coinbaseCommerce,
  contentful,
  discord,
  docusign,
  dodopayments,
  dropbox,
  dropboxSign,
  easypost,
  elevenlabs,
  finch,
  getstream,
  github,
  gitlab,
  gitlabSigningToken,
  gocardless,
  googlePubsub,
  heroku,
  hookdeck,
  hubspotV1,
  hubspotV2,
  hubspotV3,
  intercom,
  jira,
  lemonsqueezy,
  line,
  linear,
  lithic,
  liveblocks,
  livekit,
  mailchimp,
  mailgun,
  mandrill,
  messagebird,
  metaWhatsapp,
  microsoftGraph,
  modernTreasury,
  mollie,
  moralisStreams,
  mux,
  netlify,
  notion,
  okta,
  openai,
  orb,
  paddleBilling,
  paddleClassic,
  pagerduty,
  paypal,
  persona,
  plaid,
  polar,
  postmark,
  pusher,
  quickbooks,
  razorpay,
  recurly,
  resend,
  retell,
  sanity,
  sendgrid,
  sentry,
  shopify,
  slack,
  square,
  standardWebhooks,
  stripe,
  svix,
  telegram,
  telnyx,
  trello,
  twilio,
  twitchEventsub,
  typeform,
  upstashQstash,
  vercel,
  viber,
  vonage,
  woocommerce,
  workos,
  xTwitter,
  xero,
  zendesk,
  zoom,
]

const byId = new Map(MODULES.map(({ preset, guide, sample }) => [preset.id, { guide, sample }]))

/** The notes on a preset, or `undefined` where we ship none of this id. */
export function findSenderNotes(id: string): SenderNotes | undefined {
  return byId.get(id)
}
