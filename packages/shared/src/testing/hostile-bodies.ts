import { utf8 } from '../core/bytes.ts'

/** Bodies that no sender makes. Under any content type a scheme refuses them, and never throws. */
export const HOSTILE_BODIES: readonly Uint8Array<ArrayBuffer>[] = [
  new Uint8Array(),
  new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28]),
  ...[
    'null',
    '[]',
    '{}',
    '"text"',
    '{"signature":null,"event":[],"notificationItems":{}}',
    '{"signature":{"timestamp":{},"token":[],"signature":7}}',
    '{"event":{"event_time":1e400,"event_type":{},"event_hash":[]}}',
    '{"notificationItems":[null,7,{"NotificationRequestItem":"x"}]}',
    '{"__proto__":{"signature":"x"},"constructor":1}',
    '%zz=%&=&&=',
    'p_signature=&bt_signature=&bt_payload=&json=&timestamp=&token=&signature=',
    'p_signature=AA%3D%3D&p_signature=AA%3D%3D&bt_signature=a|b|c&bt_payload=%00',
    '--x\r\nContent-Disposition: form-data; name="json"\r\n\r\n{',
    'a=1&'.repeat(2_000),
  ].map(utf8),
]

export const HOSTILE_TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  '',
]
