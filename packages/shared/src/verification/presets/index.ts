import type { Preset } from '../../contracts/preset.ts'
import { preset as adyenPayments } from './adyen-payments.ts'
import { preset as adyenPlatform } from './adyen-platform.ts'
import { preset as airtable } from './airtable.ts'
import { preset as anthropic } from './anthropic.ts'
import { preset as asana } from './asana.ts'
import { preset as auth0LogStream } from './auth0-log-stream.ts'
import { preset as awsSns } from './aws-sns.ts'
import { preset as azureEventGrid } from './azure-event-grid.ts'
import { preset as bigcommerce } from './bigcommerce.ts'
import { preset as bitbucket } from './bitbucket.ts'
import { preset as box } from './box.ts'
import { preset as braintree } from './braintree.ts'
import { preset as calendly } from './calendly.ts'
import { preset as chargebee } from './chargebee.ts'
import { preset as circleci } from './circleci.ts'
import { preset as clerk } from './clerk.ts'
import { preset as cloudevents } from './cloudevents.ts'
import { preset as coinbaseCommerce } from './coinbase-commerce.ts'
import { preset as contentful } from './contentful.ts'
import { preset as discord } from './discord.ts'
import { preset as docusign } from './docusign.ts'
import { preset as dodopayments } from './dodopayments.ts'
import { preset as dropbox } from './dropbox.ts'
import { preset as dropboxSign } from './dropbox-sign.ts'
import { preset as easypost } from './easypost.ts'
import { preset as elevenlabs } from './elevenlabs.ts'
import { preset as finch } from './finch.ts'
import { preset as getstream } from './getstream.ts'
import { preset as github } from './github.ts'
import { preset as gitlab } from './gitlab.ts'
import { preset as gitlabSigningToken } from './gitlab-signing-token.ts'
import { preset as gocardless } from './gocardless.ts'
import { preset as googlePubsub } from './google-pubsub.ts'
import { preset as heroku } from './heroku.ts'
import { preset as hookdeck } from './hookdeck.ts'
import { preset as hubspotV1 } from './hubspot-v1.ts'
import { preset as hubspotV2 } from './hubspot-v2.ts'
import { preset as hubspotV3 } from './hubspot-v3.ts'
import { preset as intercom } from './intercom.ts'
import { preset as jira } from './jira.ts'
import { preset as lemonsqueezy } from './lemonsqueezy.ts'
import { preset as line } from './line.ts'
import { preset as linear } from './linear.ts'
import { preset as lithic } from './lithic.ts'
import { preset as liveblocks } from './liveblocks.ts'
import { preset as livekit } from './livekit.ts'
import { preset as mailchimp } from './mailchimp.ts'
import { preset as mailgun } from './mailgun.ts'
import { preset as mandrill } from './mandrill.ts'
import { preset as messagebird } from './messagebird.ts'
import { preset as metaWhatsapp } from './meta-whatsapp.ts'
import { preset as microsoftGraph } from './microsoft-graph.ts'
import { preset as modernTreasury } from './modern-treasury.ts'
import { preset as mollie } from './mollie.ts'
import { preset as moralisStreams } from './moralis-streams.ts'
import { preset as mux } from './mux.ts'
import { preset as netlify } from './netlify.ts'
import { preset as notion } from './notion.ts'
import { preset as okta } from './okta.ts'
import { preset as openai } from './openai.ts'
import { preset as orb } from './orb.ts'
import { preset as paddleBilling } from './paddle-billing.ts'
import { preset as paddleClassic } from './paddle-classic.ts'
import { preset as pagerduty } from './pagerduty.ts'
import { preset as paypal } from './paypal.ts'
import { preset as persona } from './persona.ts'
import { preset as plaid } from './plaid.ts'
import { preset as polar } from './polar.ts'
import { preset as postmark } from './postmark.ts'
import { preset as pusher } from './pusher.ts'
import { preset as quickbooks } from './quickbooks.ts'
import { preset as razorpay } from './razorpay.ts'
import { preset as recurly } from './recurly.ts'
import { preset as resend } from './resend.ts'
import { preset as retell } from './retell.ts'
import { preset as sanity } from './sanity.ts'
import { preset as sendgrid } from './sendgrid.ts'
import { preset as sentry } from './sentry.ts'
import { preset as shopify } from './shopify.ts'
import { preset as slack } from './slack.ts'
import { preset as square } from './square.ts'
import { preset as standardWebhooks } from './standard-webhooks.ts'
import { preset as stripe } from './stripe.ts'
import { preset as svix } from './svix.ts'
import { preset as telegram } from './telegram.ts'
import { preset as telnyx } from './telnyx.ts'
import { preset as trello } from './trello.ts'
import { preset as twilio } from './twilio.ts'
import { preset as twitchEventsub } from './twitch-eventsub.ts'
import { preset as typeform } from './typeform.ts'
import { preset as upstashQstash } from './upstash-qstash.ts'
import { preset as vercel } from './vercel.ts'
import { preset as viber } from './viber.ts'
import { preset as vonage } from './vonage.ts'
import { preset as woocommerce } from './woocommerce.ts'
import { preset as workos } from './workos.ts'
import { preset as xTwitter } from './x-twitter.ts'
import { preset as xero } from './xero.ts'
import { preset as zendesk } from './zendesk.ts'
import { preset as zoom } from './zoom.ts'

/** Every preset we ship. A new sender is one more file here. Guides and samples are in `guides.ts`, which ingress does without. */
export const PRESETS: readonly Preset[] = [
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

const byId = new Map(PRESETS.map((preset) => [preset.id, preset]))

/** The preset with this id, or `undefined`. */
export function findPreset(id: string): Preset | undefined {
  return byId.get(id)
}
