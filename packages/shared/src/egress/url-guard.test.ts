import { describe, it } from 'vitest'
import { guardUrl } from './url-guard.ts'

describe('the URL guard in production', () => {
  for (const address of [
    'https://api.stripe.com/v1',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://a.example:8443/x?y=1',
  ]) {
    it(`allows ${address}`, ({ expect }) => {
      expect(guardUrl(address, 'production')).toMatchObject({ ok: true })
    })
  }

  const refused: Record<string, string[]> = {
    not_a_url: ['', 'billing', '//a.example', 'https://'],
    not_https: [
      'http://api.example.com',
      'ftp://api.example.com',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'http://localhost',
    ],
    has_credentials: ['https://user:pass@a.example', 'https://user@a.example', 'https://a.example%40evil.example@b.example'],
    has_fragment: ['https://a.example/#x'],
    private_address: [
      'https://localhost',
      'https://localhost.',
      'https://LOCALHOST',
      'https://billing.localhost',
      'https://127.0.0.1',
      'https://127.1',
      'https://2130706433',
      'https://0x7f000001',
      'https://0177.0.0.1',
      'https://0.0.0.0',
      'https://10.1.2.3',
      'https://172.16.0.1',
      'https://172.31.255.255',
      'https://192.168.1.1',
      'https://100.64.0.1',
      'https://169.254.169.254/latest/meta-data',
      'https://metadata.google.internal',
      'https://router.lan',
      'https://intranet',
      'https://224.0.0.1',
      'https://255.255.255.255',
      'https://[::1]',
      'https://[::]',
      'https://[::ffff:127.0.0.1]',
      'https://[::ffff:a9fe:a9fe]',
      'https://[64:ff9b::7f00:1]',
      'https://[fe80::1]',
      'https://[fd00:ec2::254]',
      'https://[2002:7f00:1::]',
      'https://[2001::1]',
      'https://[2001:db8::1]',
    ],
  }
  for (const [reason, addresses] of Object.entries(refused)) {
    for (const address of addresses) {
      it(`refuses ${address || 'nothing'} as ${reason}`, ({ expect }) => {
        expect(guardUrl(address, 'production')).toEqual({ ok: false, error: reason })
      })
    }
  }
})

describe('the URL guard in development', () => {
  for (const address of [
    'http://billing.localhost:8787',
    'http://localhost:1',
    'http://127.0.0.1:8787',
    'http://[::1]:1',
    'https://a.example',
  ]) {
    it(`allows ${address}`, ({ expect }) => {
      expect(guardUrl(address, 'development')).toMatchObject({ ok: true })
    })
  }
  for (const address of [
    'http://a.example',
    'http://10.0.0.1',
    'https://169.254.169.254',
    'http://localhost.evil.example',
    'ws://localhost',
  ]) {
    it(`refuses ${address}`, ({ expect }) => {
      expect(guardUrl(address, 'development')).toMatchObject({ ok: false })
    })
  }
})

describe('the URL guard with names of our own', () => {
  const own = ['Orchestrator.example', 'control.localhost']
  for (const address of [
    'https://orchestrator.example',
    'https://INGRESS.orchestrator.example./v1',
    'https://a.b.orchestrator.example:8443',
  ]) {
    it(`refuses ${address}`, ({ expect }) => {
      expect(guardUrl(address, 'production', own)).toEqual({ ok: false, error: 'own_address' })
    })
  }

  it('refuses them in development too, and nothing else', ({ expect }) => {
    expect(guardUrl('http://control.localhost:8787', 'development', own)).toEqual({ ok: false, error: 'own_address' })
    expect(guardUrl('http://billing.localhost:8787', 'development', own)).toMatchObject({ ok: true })
    expect(guardUrl('https://not-orchestrator.example', 'production', own)).toMatchObject({ ok: true })
    expect(guardUrl('https://orchestrator.example.com', 'production', own)).toMatchObject({ ok: true })
  })
})
