/** What control itself writes into the log, without anybody's request. */
export const SYSTEM = {
  actor: { kind: 'system', id: 'control' },
  role: null,
  door: 'system',
  ip: null,
  requestId: '',
} as const
