/** A request as a sender puts it on the wire. `url` is the one registered at the vendor. */
export interface VendorRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer>
}

export interface Signing {
  body: string
  now: Date
  url: string
}

/** What an operator configures beside the secret; nothing here is secret. The keys are those of the senders' presets. */
export interface VendorSettings {
  notification_url?: string
  audience?: string
  issuers?: string[]
  service_account_email?: string
  jwks?: { keys: JsonWebKey[] }
  /** Certificates by the address they are fetched from. */
  certificates?: Record<string, string>
  public_key?: string
  key?: string
  api_key?: string
  version?: string
}

/** One sender, with the package that answers for its scheme. */
export interface VendorCase {
  /** The slug of the preset. */
  preset: string
  /** The npm package whose code signed or checked the request. */
  package: string
  /** The package is not the vendor's own: the vendor has none that signs or checks. */
  thirdParty?: true
  /** What the package leaves to the receiver, or why it is not the vendor's own. */
  note?: string
  /** `vendor-verifies`: made here by the documented formula; the package only checks. */
  mode: 'vendor-signs' | 'vendor-verifies'
  /** HMAC secret, public key, `user:password` or topic: what an operator stores as the secret. */
  secret: string
  settings?: (url: string) => VendorSettings
  /** The registered address is part of what is signed: the receiver must know it. */
  signsUrl?: true
  /** False where the scheme leaves all or most of the body unsigned. */
  bodyAuthenticated: boolean
  sampleBody: string
  sign: (signing: Signing) => Promise<VendorRequest>
  /** The package's verdict, by the real clock. */
  vendorAccepts: (request: VendorRequest) => Promise<boolean>
  /** The request with one character changed that the scheme covers; without it, the last digit of the body. */
  tamper?: (request: VendorRequest) => VendorRequest
}
