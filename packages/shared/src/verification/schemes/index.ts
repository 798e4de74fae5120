import { awsSns } from './aws-sns.ts'
import { azureEventGrid } from './azure-event-grid.ts'
import { jwt } from './jwt/jwt.ts'
import { microsoftGraph } from './microsoft-graph.ts'
import { none } from './none.ts'
import { paypal } from './paypal.ts'
import { signature } from './signature/signature.ts'
import { token } from './token.ts'

/** The code of every scheme, by the name that presets give. */
export const SCHEMES = {
  signature,
  token,
  none,
  'aws-sns': awsSns,
  'azure-event-grid': azureEventGrid,
  jwt,
  'microsoft-graph': microsoftGraph,
  paypal,
}
