import { randomBytes } from 'node:crypto';

let key: Buffer | null = null;

/** A random key that is made once, kept in memory only and forgotten with the process: 32 bytes for HMAC-SHA-256. */
export function processKey(): Uint8Array {
  key ??= randomBytes(32);
  return key;
}
