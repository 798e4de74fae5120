import { signAdyenPayments } from './adyen-payments.ts'
import { signAwsSns } from './aws-sns.ts'
import { signAzureEventGrid } from './azure-event-grid.ts'
import { signBraintree } from './braintree.ts'
import { signContentful } from './contentful.ts'
import { signDropboxSign } from './dropbox-sign.ts'
import { signJwt } from './jwt/jwt.ts'
import { signMailgun } from './mailgun.ts'
import { signMandrill } from './mandrill.ts'
import { signMicrosoftGraph } from './microsoft-graph.ts'
import { signNone } from './none.ts'
import { signPaddleClassic } from './paddle-classic.ts'
import { signPaypal } from './paypal.ts'
import { signSignature } from './signature/sign-signature.ts'
import { signToken } from './token.ts'
import { signTwilio } from './twilio.ts'

/** The inverse of every scheme, apart from `SCHEMES`: ingress verifies and never signs, so it does without. */
export const SIGNERS = {
  signature: signSignature,
  token: signToken,
  none: signNone,
  'adyen-payments': signAdyenPayments,
  'aws-sns': signAwsSns,
  'azure-event-grid': signAzureEventGrid,
  braintree: signBraintree,
  contentful: signContentful,
  'dropbox-sign': signDropboxSign,
  jwt: signJwt,
  mailgun: signMailgun,
  mandrill: signMandrill,
  'microsoft-graph': signMicrosoftGraph,
  'paddle-classic': signPaddleClassic,
  paypal: signPaypal,
  twilio: signTwilio,
}
