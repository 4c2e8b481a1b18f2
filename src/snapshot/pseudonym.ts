import { createHmac, randomBytes } from 'node:crypto';
import { markerHead, type LiteralKind } from '../privacy/literal.js';

const ATTEMPTS_MAX = 1000;

/**
 * Stand-ins for personal data and secrets: keyed hashes of the same length as the value, so that positions in a text stay
 * valid. Equal values get equal stand-ins within one collection, and different ones different stand-ins as long as the
 * length allows. The key is random and is forgotten with this object, so nobody can try values out.
 */
export class Pseudonyms {
  readonly #key = randomBytes(32);
  readonly #given = new Map<string, string>();

  /** `tm#email#3f0c…`, cut to the length of the value. */
  marker(kind: LiteralKind, value: string): string {
    const head = markerHead(kind);
    return this.#unlike(value, kind, (digest) => `${head}${digest}`);
  }

  /** A number with as many digits, for a value that stands without quotes. */
  number(kind: LiteralKind, value: string): string {
    return this.#unlike(value, kind, (digest) => `9${digest.replace(/[a-f]/g, (letter) => String(letter.charCodeAt(0) % 10))}`);
  }

  #unlike(value: string, kind: LiteralKind, form: (digest: string) => string): string {
    let standIn = '';
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      standIn = form(this.#digest(`${kind}\0${attempt}\0${value}`, value.length)).slice(0, value.length);
      const other = this.#given.get(standIn);
      if (other === undefined || other === value) break;
    }
    this.#given.set(standIn, value);
    return standIn;
  }

  /** At least so many hexadecimal digits. */
  #digest(text: string, length: number): string {
    let digits = '';
    for (let part = 0; digits.length < length; part++) {
      digits += createHmac('sha256', this.#key).update(`${part}\0${text}`).digest('hex');
    }
    return digits;
  }
}
