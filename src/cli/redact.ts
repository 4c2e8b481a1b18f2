import { percentDecoded, withoutPasswords } from '../config/credentials.js';

/** Where a secret begins and ends cannot be seen in running text, so only values that are unlikely to be words are hidden. */
const SECRET_LENGTH_MIN = 6;
const HIDDEN = '***';

/**
 * Hides credentials in everything that is printed: passwords in URLs and connection strings wherever they come from (a
 * driver's message, say), and every value that was handed over as a secret.
 */
export class Redactor {
  private readonly secrets = new Set<string>();

  /** Hides this value from now on, as it stands and as it stands in a URL. */
  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < SECRET_LENGTH_MIN) return;
    this.secrets.add(secret);
    this.secrets.add(encodeURIComponent(secret));
  }

  /** Adds the password of a connection URL, if it has one. */
  addUrl(url: string | null): void {
    const password = url !== null && URL.canParse(url) ? new URL(url).password : '';
    this.add(password);
    this.add(percentDecoded(password));
  }

  /** Hides each of these values from now on. */
  addSecrets(values: readonly string[]): void {
    for (const value of values) this.add(value);
  }

  redact(text: string): string {
    let visible = withoutPasswords(text);
    for (const secret of [...this.secrets].sort((left, right) => right.length - left.length)) {
      visible = visible.replaceAll(secret, HIDDEN);
    }
    return visible;
  }

  /** A copy of plain data with every string in it redacted. */
  redactAll<T>(value: T): T {
    return mapStrings(value, (text) => this.redact(text));
  }
}

function mapStrings<T>(value: T, map: (text: string) => string): T;
function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, map)]));
}
