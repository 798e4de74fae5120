const POLYNOMIAL = 0xedb88320
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value >>> 0
})

/** CRC-32 (ISO-HDLC) of one more chunk; `state` starts at 0. */
export function crc32(chunk: Uint8Array, state = 0): number {
  let value = ~state
  for (const byte of chunk) value = TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8)
  return ~value >>> 0
}
