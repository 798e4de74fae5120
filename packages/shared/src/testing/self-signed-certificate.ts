import { toBase64, utf8 } from '../core/bytes.ts'

export interface CertificateOptions {
  keys: CryptoKeyPair
  commonName: string
  /** Seconds since the epoch. */
  notBefore: number
  notAfter: number
  dnsNames?: readonly string[]
}

const OIDS = {
  sha256WithRsa: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b],
  commonName: [0x55, 0x04, 0x03],
  subjectAltName: [0x55, 0x1d, 0x11],
}

/** An X.509 certificate in PEM, signed by its own RSA key with SHA-256. Its key pair must be able to sign. */
export async function selfSignedCertificate(options: CertificateOptions): Promise<string> {
  const algorithm = sequence(element(0x06, OIDS.sha256WithRsa), element(0x05, []))
  const name = sequence(element(0x31, sequence(element(0x06, OIDS.commonName), element(0x0c, utf8(options.commonName)))))
  const toBeSigned = sequence(
    element(0xa0, element(0x02, [2])),
    element(0x02, [1]),
    algorithm,
    name,
    sequence(time(options.notBefore), time(options.notAfter)),
    name,
    new Uint8Array((await crypto.subtle.exportKey('spki', options.keys.publicKey)) as ArrayBuffer),
    ...(options.dnsNames ? [element(0xa3, sequence(alternativeNames(options.dnsNames)))] : []),
  )
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', options.keys.privateKey, toBeSigned)
  return toPem('CERTIFICATE', sequence(toBeSigned, algorithm, element(0x03, [0, ...new Uint8Array(signature)])))
}

/** An RSA key pair whose private half can be exported. */
export async function rsaKeys(hash: 'SHA-1' | 'SHA-256' = 'SHA-256'): Promise<CryptoKeyPair> {
  const parameters = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash }
  return (await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])) as CryptoKeyPair
}

/** The private key as operators keep it. */
export async function privateKeyPem({ privateKey }: CryptoKeyPair): Promise<string> {
  return toPem('PRIVATE KEY', new Uint8Array((await crypto.subtle.exportKey('pkcs8', privateKey)) as ArrayBuffer))
}

/** The public key as operators keep it. */
export async function publicKeyPem({ publicKey }: CryptoKeyPair): Promise<string> {
  return toPem('PUBLIC KEY', new Uint8Array((await crypto.subtle.exportKey('spki', publicKey)) as ArrayBuffer))
}

function toPem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

function alternativeNames(names: readonly string[]): Uint8Array<ArrayBuffer> {
  const list = sequence(...names.map((name) => element(0x82, utf8(name))))
  return sequence(element(0x06, OIDS.subjectAltName), element(0x04, list))
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 section 4.1.2.5). */
function time(seconds: number): Uint8Array<ArrayBuffer> {
  const digits = new Date(seconds * 1000).toISOString().replace(/\D/g, '').slice(0, 14)
  return Number(digits.slice(0, 4)) < 2050 ? element(0x17, utf8(`${digits.slice(2)}Z`)) : element(0x18, utf8(`${digits}Z`))
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(
    0x30,
    parts.flatMap((part) => [...part]),
  )
}

function element(tag: number, content: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = Array.from(content)
  const { length } = bytes
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Uint8Array.from([tag, ...size, ...bytes])
}
