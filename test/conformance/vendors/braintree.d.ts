declare module 'braintree' {
  interface WebhookTesting {
    sampleSignature(payload: string): string
  }
  interface WebhookNotifications {
    parse(signature: string, payload: string): Promise<unknown>
  }
  export class BraintreeGateway {
    constructor(config: { environment: object; merchantId: string; publicKey: string; privateKey: string })
    readonly webhookTesting: WebhookTesting
    readonly webhookNotification: WebhookNotifications
  }
  export const Environment: { readonly Sandbox: object }
}
