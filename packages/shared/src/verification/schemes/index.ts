import { adyenPayments } from './adyen-payments.ts'
import { awsSns } from './aws-sns.ts'
import { azureEventGrid } from './azure-event-grid.ts'
import { braintree } from './braintree.ts'
import { contentful } from './contentful.ts'
import { dropboxSign } from './dropbox-sign.ts'
import { jwt } from './jwt/jwt.ts'
import { mailgun } from './mailgun.ts'
import { mandrill } from './mandrill.ts'
import { microsoftGraph } from './microsoft-graph.ts'
import { none } from './none.ts'
import { paddleClassic } from './paddle-classic.ts'
import { paypal } from './paypal.ts'
import { signature } from './signature/signature.ts'
import { token } from './token.ts'
import { twilio } from './twilio.ts'

/** The code of every scheme that verifies, by the name that presets give. */
export const SCHEMES = {
  signature,
  token,
  none,
  'adyen-payments': adyenPayments,
  'aws-sns': awsSns,
  'azure-event-grid': azureEventGrid,
  braintree,
  contentful,
  'dropbox-sign': dropboxSign,
  jwt,
  mailgun,
  mandrill,
  'microsoft-graph': microsoftGraph,
  'paddle-classic': paddleClassic,
  paypal,
  twilio,
}
