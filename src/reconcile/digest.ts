import { createHash, createHmac } from 'node:crypto';

/**
 * Digests that tell whether numbers changed and nothing else: without the key nobody can try values out, and the key lives
 * in this process only.
 */
export class KeyedDigest {
  /** Tells digests of one key from those of another; says nothing of the key. */
  readonly id: string;
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
    this.id = createHash('sha256').update('tidemark key id\0').update(key).digest('hex').slice(0, 12);
  }

  of(parts: readonly (string | number)[]): string {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('hex').slice(0, 24);
  }
}
