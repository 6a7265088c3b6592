/** RFC 6455 §5.2: unmasked frames as a server sends them, as latin1 strings: one character a byte. */

const FIN_TEXT = '\x81'

/** A whole text frame. `ascii`: its payload, ASCII only. Up to 2³¹ bytes. */
export const textFrame = (ascii: string): string => {
  const length = ascii.length
  if (length < 126) return FIN_TEXT + String.fromCharCode(length) + ascii
  if (length < 65_536) return `${FIN_TEXT}\x7e${String.fromCharCode(length >>> 8, length & 255)}${ascii}`
  const size = String.fromCharCode((length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255)
  return `${FIN_TEXT}\x7f\0\0\0\0${size}${ascii}`
}

/** A ping without payload. */
export const PING_FRAME = '\x89\x00'
