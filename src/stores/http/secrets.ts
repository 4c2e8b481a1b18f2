import { oneLine } from '../store.js';

/** Shorter ones would hide ordinary words. */
const SECRET_LENGTH_MIN = 4;
/** Far more than one line shows; what patterns look through, so that no service can keep them busy. */
const LOOKED_THROUGH_MAX = 10_000;
/** JSON Web Tokens, which services like to quote in their refusals. */
const TOKEN = /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
const BEARER = /\b(Bearer|Basic) +[\w.~+/=:-]{8,}|\b(Token)="[^"]*"/gi;

/** What may never stand in a message. Every text of a service goes through it. */
export class Secrets {
  readonly #known = new Set<string>();

  /** Each secret as itself and as it stands in URLs and headers. */
  add(...secrets: (string | null | undefined)[]): void {
    for (const secret of secrets) {
      if (secret == null || secret.length < SECRET_LENGTH_MIN) continue;
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), JSON.stringify(secret).slice(1, -1)]) this.#known.add(form);
    }
  }

  /** Whether one of them stands in it. */
  isIn(text: string): boolean {
    return [...this.#known].some((secret) => text.includes(secret));
  }

  /** A text without them, as one bounded line. */
  hide(text: string): string {
    // More than that is no message, and is not searched: no character of it is shown.
    let clean = text.slice(0, LOOKED_THROUGH_MAX * 10);
    // Longer ones first: one may be a part of another.
    for (const secret of [...this.#known].sort((one, other) => other.length - one.length)) clean = clean.replaceAll(secret, '***');
    return oneLine(clean.slice(0, LOOKED_THROUGH_MAX).replace(TOKEN, '***').replace(BEARER, '$1$2 ***'));
  }
}
