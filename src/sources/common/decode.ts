import { isUtf8 } from 'node:buffer';

export type Decoded =
  | { kind: 'text'; text: string }
  /** Read with U+FFFD for what is no UTF-8; `offset` counts bytes from 0. */
  | { kind: 'damaged'; text: string; offset: number }
  | { kind: 'binary' };

/** Binary files have a zero byte early; texts do not, in UTF-8. */
const BINARY_LOOK = 8_000;

/** The text of a file in UTF-8, in UTF-16 with its byte order mark, or in UTF-16LE as Power BI writes its models. The mark itself is left out. */
export function decode(bytes: Buffer): Decoded {
  if (bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) return { kind: 'text', text: new TextDecoder('utf-16le').decode(bytes) };
  if (bytes.length >= 2 && bytes[0] === 0xfe && bytes[1] === 0xff) return { kind: 'text', text: new TextDecoder('utf-16be').decode(bytes) };
  if (isUtf16OfAscii(bytes)) return { kind: 'text', text: new TextDecoder('utf-16le').decode(bytes) };
  if (bytes.subarray(0, BINARY_LOOK).includes(0)) return { kind: 'binary' };
  const text = new TextDecoder('utf-8').decode(bytes);
  return isUtf8(bytes) ? { kind: 'text', text } : { kind: 'damaged', text, offset: firstInvalidByte(bytes) };
}

/** A text of ASCII characters in UTF-16LE: every second byte is zero, the others are letters and signs. */
function isUtf16OfAscii(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 64);
  return head.length >= 4 && head.length % 2 === 0 && head.every((byte, index) => (index % 2 === 1 ? byte === 0 : byte >= 9 && byte < 127));
}

/** Where the first sequence starts that is no UTF-8 (RFC 3629): found by halving, since prefixes of valid text are valid or cut. */
function firstInvalidByte(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 8) {
    const middle = characterStart(bytes, (valid + invalid) >> 1);
    if (middle <= valid) break;
    if (isUtf8(bytes.subarray(valid, middle))) valid = middle;
    else invalid = middle;
  }
  let at = valid;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** The start of the character that holds the byte at `at`, as far as bytes tell. */
function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && at - start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}

function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  return length > 0 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}
