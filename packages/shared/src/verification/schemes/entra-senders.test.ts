import { exportPKCS8, generateKeyPair } from 'jose'
import { describe, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { keyHost, outcome, signed, SIGNED_AT } from '../../testing/verify-signed.ts'
import { parseJson } from '../parsed-body.ts'
import { preset as eventGrid, sample as event } from '../presets/azure-event-grid.ts'
import { preset as graph, sample as notification } from '../presets/microsoft-graph.ts'
import type { SignedRequest } from '../types.ts'
import { proofParameters } from '../verify.ts'
import { ENTRA_KEYS_URL } from './entra-token.ts'
import { publicJwk, signClaims } from './jwt/sign-jwt.ts'

const STATE = 'a long random client state'
const TENANT = '11111111-2222-4333-8444-555555555555'
const OTHER_TENANT = '99999999-2222-4333-8444-555555555555'
const APP = '8e460676-ae3f-4b1e-8790-ee0fb5d6148f'
const GRAPH_PUBLISHER = '0bf30f3b-4a52-48df-9a82-234910c4a086'
const EVENT_GRID = '4962773b-9cdb-44cf-a8bf-237846a00ab7'

const pem = await exportPKCS8((await generateKeyPair('RS256', { extractable: true })).privateKey)
const host = keyHost({ [ENTRA_KEYS_URL]: JSON.stringify({ keys: [await publicJwk(pem, 'RS256')] }) })
const claims = (caller: string, changes: object = {}) => ({
  aud: APP,
  iss: `https://sts.windows.net/${TENANT}/`,
  tid: TENANT,
  appid: caller,
  iat: SIGNED_AT,
  nbf: SIGNED_AT,
  exp: SIGNED_AT + 3_600,
  ...changes,
})
/** What must be refused in a token, whoever gets it. */
const wrongClaims = [
  { aud: 'another' },
  { aud: [APP] },
  { iss: 'https://sts.windows.net/evil/' },
  { iss: `https://sts.windows.net/${OTHER_TENANT}/` },
  { iss: `https://login.microsoftonline.com/${TENANT}/v2.0/` },
  { tid: undefined },
  { tid: 'x' },
  { appid: 'another' },
  { appid: undefined },
  { appid: 'another', azp: GRAPH_PUBLISHER },
]

describe('notifications of Microsoft Graph', () => {
  const collection = (value: unknown, more: object = {}): SignedRequest => ({
    url: 'https://x.example/',
    headers: {},
    rawBody: utf8(JSON.stringify({ value, ...more })),
  })

  it('repeat one of the client states each, also while it is being changed', async ({ expect }) => {
    const good = await signed(graph, notification.body, [STATE])
    expect(await outcome(graph, good, [STATE])).toBe('accepted')
    expect(await outcome(graph, good, ['new', STATE])).toBe('accepted')
    const mixed = collection([{ clientState: 'new' }, { clientState: STATE }])
    expect(await outcome(graph, mixed, ['new', STATE])).toBe('accepted')
    expect(await outcome(graph, mixed, [STATE])).toBe('no_match')
    expect(await outcome(graph, good, [])).toBe('unusable_secret')
  })

  it('are refused as a whole when one of them does not', async ({ expect }) => {
    for (const state of [undefined, null, '', 7, [STATE], `${STATE} `, STATE.toUpperCase()]) {
      const items = [{ clientState: STATE }, { clientState: state }]
      expect(await outcome(graph, collection(items), [STATE]), String(state)).toBe('no_match')
    }
    for (const value of [undefined, [], {}, 'x', [null], [[]], ['x']]) {
      expect(await outcome(graph, collection(value), [STATE])).toBe('malformed_body')
    }
    for (const body of ['', 'null', '[]', '{"value"']) {
      expect(await outcome(graph, { ...collection([]), rawBody: utf8(body) }, [STATE])).toBe('malformed_body')
    }
  })

  const settings = { appId: APP }
  const rich = async (changes: object = {}, item: object = {}) => {
    const token = await signClaims(claims(GRAPH_PUBLISHER, changes), 'RS256', pem)
    return collection([{ clientState: STATE, tenantId: TENANT, encryptedContent: {}, ...item }], { validationTokens: [token] })
  }

  it('with resource data carry tokens that Microsoft issued for our application, in either version', async ({ expect }) => {
    const simulated = await signed(graph, notification.body, [STATE, pem], { settings })
    expect(await outcome(graph, simulated, [STATE], { ...host, settings })).toBe('accepted')
    expect(await outcome(graph, await rich(), [STATE], { ...host, settings })).toBe('accepted')
    expect(await outcome(graph, await rich(), [STATE], { ...host, settings: { ...settings, tenantIds: [TENANT] } })).toBe(
      'accepted',
    )
  })

  it('are refused with a token for or from somebody else', async ({ expect }) => {
    for (const changes of wrongClaims) {
      expect(await outcome(graph, await rich(changes), [STATE], { ...host, settings }), JSON.stringify(changes)).toBe(
        'wrong_claim',
      )
    }
    expect(await outcome(graph, await rich(), [STATE], { ...host, settings: { ...settings, tenantIds: [OTHER_TENANT] } })).toBe(
      'wrong_claim',
    )
    expect(await outcome(graph, await rich({}, { tenantId: OTHER_TENANT }), [STATE], { ...host, settings })).toBe('wrong_claim')
    expect(await outcome(graph, await rich({ exp: SIGNED_AT - 301 }), [STATE], { ...host, settings })).toBe('timestamp_too_old')
    expect(await outcome(graph, await rich({ exp: undefined }), [STATE], { ...host, settings })).toBe('malformed_header')
    expect(await outcome(graph, await rich(), [STATE], { settings })).toBe('key_unavailable')
    const stranger = await exportPKCS8((await generateKeyPair('RS256', { extractable: true })).privateKey)
    const forged = await signed(graph, notification.body, [STATE, stranger], { settings })
    expect(await outcome(graph, forged, [STATE], { ...host, settings })).toBe('unknown_key')
  })

  it('are refused with resource data where tokens are missing, broken, or cannot be checked', async ({ expect }) => {
    const item = { clientState: STATE, encryptedContent: {} }
    expect(await outcome(graph, await rich(), [STATE], host)).toBe('unusable_secret')
    for (const validationTokens of [undefined, null, []]) {
      expect(await outcome(graph, collection([item], { validationTokens }), [STATE], { ...host, settings })).toBe(
        'malformed_body',
      )
    }
    for (const validationTokens of ['x', [7], Array.from({ length: 51 }, () => 'a.b.c')]) {
      expect(await outcome(graph, collection([item], { validationTokens }), [STATE], { ...host, settings })).toBe(
        'malformed_body',
      )
    }
    const { validationTokens } = parseJson((await rich()).rawBody) as { validationTokens: string[] }
    const spoilt = collection([item], { validationTokens: [...validationTokens, 'a.b.c'] })
    expect(await outcome(graph, spoilt, [STATE], { ...host, settings })).toBe('malformed_header')
  })
})

describe('events of Azure Event Grid', () => {
  const settings = { audience: APP, tenantId: TENANT }
  const bearer = async (changes: object = {}) => ({
    authorization: `Bearer ${await signClaims(claims(EVENT_GRID, changes), 'RS256', pem)}`,
  })
  const request = (headers: Record<string, string>, query = '') => ({
    url: `https://x.example/hook${query}`,
    headers,
    rawBody: utf8(event.body),
  })

  it('carry the secret in the query, under a usual name or the configured one', async ({ expect }) => {
    expect(await outcome(eventGrid, await signed(eventGrid, event.body, [STATE]), [STATE])).toBe('accepted')
    const named = { settings: { tokenParameter: 'mine' } }
    const mine = await signed(eventGrid, event.body, [STATE], named)
    expect(new URL(mine.url).searchParams.get('mine')).toBe(STATE)
    expect(await outcome(eventGrid, mine, ['new', STATE], named)).toBe('accepted')
    expect(await outcome(eventGrid, mine, [STATE])).toBe('missing_header')
    expect(proofParameters(eventGrid)).toContain('code')
    expect(proofParameters(eventGrid, named.settings)).toEqual(['mine'])
  })

  it('are refused without it, with another one, and where nothing is configured', async ({ expect }) => {
    expect(await outcome(eventGrid, request({}), [STATE])).toBe('missing_header')
    expect(await outcome(eventGrid, request({}, '?code='), [STATE])).toBe('no_match')
    expect(await outcome(eventGrid, request({}, '?code=guess'), [STATE])).toBe('no_match')
    expect(await outcome(eventGrid, request({}, '?code='), [''])).toBe('unusable_secret')
    expect(await outcome(eventGrid, request(await bearer()), [], host)).toBe('unusable_secret')
  })

  it('carry a token that our tenant issued to Event Grid', async ({ expect }) => {
    const simulated = await signed(eventGrid, event.body, [pem], { settings })
    expect(await outcome(eventGrid, simulated, [], { ...host, settings })).toBe('accepted')
    expect(await outcome(eventGrid, request(await bearer()), [], { ...host, settings })).toBe('accepted')
    const uri = { ...settings, audience: [APP, 'api://hook'] }
    expect(await outcome(eventGrid, request(await bearer({ aud: 'api://hook' })), [], { ...host, settings: uri })).toBe(
      'accepted',
    )
  })

  it('are refused with a token for or from somebody else', async ({ expect }) => {
    for (const changes of [
      ...wrongClaims,
      { appid: GRAPH_PUBLISHER },
      { tid: OTHER_TENANT, iss: `https://sts.windows.net/${OTHER_TENANT}/` },
    ]) {
      expect(await outcome(eventGrid, request(await bearer(changes)), [], { ...host, settings }), JSON.stringify(changes)).toBe(
        'wrong_claim',
      )
    }
    expect(await outcome(eventGrid, request({}), [], { ...host, settings })).toBe('missing_header')
    expect(await outcome(eventGrid, request({ authorization: 'Basic x' }), [], { ...host, settings })).toBe('malformed_header')
    expect(await outcome(eventGrid, request(await bearer()), [], { ...host, settings: { audience: APP } })).toBe(
      'unusable_secret',
    )
    const own = { ...settings, senderAppId: 'mine' }
    expect(await outcome(eventGrid, request(await bearer({ appid: 'mine' })), [], { ...host, settings: own })).toBe('accepted')
    expect(await outcome(eventGrid, request(await bearer()), [], { ...host, settings: own })).toBe('wrong_claim')
  })

  it('carry both where both are configured', async ({ expect }) => {
    const both = { ...host, settings }
    expect(await outcome(eventGrid, await signed(eventGrid, event.body, [STATE, pem], { settings }), [STATE], both)).toBe(
      'accepted',
    )
    expect(await outcome(eventGrid, request(await bearer()), [STATE], both)).toBe('missing_header')
    expect(await outcome(eventGrid, request({}, `?code=${encodeURIComponent(STATE)}`), [STATE], both)).toBe('missing_header')
  })
})
