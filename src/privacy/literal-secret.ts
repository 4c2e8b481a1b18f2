/**
 * Secrets that can be told by their form: tokens with a vendor's prefix, keys, password hashes, passwords behind their name.
 * Every pattern is anchored or starts at a fixed word, and every repetition is of one class of characters, so that no text
 * makes it slow.
 */

export interface SecretSpan {
  kind: 'password' | 'token' | 'api_key' | 'secret';
  start: number;
  end: number;
}

/** A whole run of `[A-Za-z0-9_.-]`. Prefixes: the vendors' documentation and GitHub's list of secret scanning patterns. */
const API_KEYS: readonly RegExp[] = [
  /^(AKIA|ASIA)[A-Z2-7]{16}$/,
  /^AIza[\w-]{35}$/,
  /^(sk|rk)_(live|test)_[A-Za-z0-9]{16,99}$/,
  /^(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36,251}$/,
  /^github_pat_[A-Za-z0-9_]{60,251}$/,
  /^glpat-[\w-]{20,64}$/,
  /^xox[abeoprs]-[A-Za-z0-9-]{10,250}$/,
  /^SG\.[\w-]{16,64}\.[\w-]{16,64}$/,
  /^npm_[A-Za-z0-9]{36}$/,
  /^(dop|doo|dor)_v1_[a-f0-9]{64}$/,
  /^hf_[A-Za-z]{34}$/,
  /^sk-(ant|proj)-[\w-]{20,250}$/,
  /^shpat_[a-fA-F0-9]{32}$/,
  /^dapi[a-f0-9]{32}$/,
  /^pypi-[\w-]{50,250}$/,
];
/** RFC 7519 over RFC 7515: a JSON object, encoded, starts with `eyJ`. */
const JSON_WEB_TOKEN = /^eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}$/;

/** crypt(3) and its kin, and PostgreSQL's own verifiers. */
const PASSWORD_HASH = /^(\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|\$argon2(id|i|d)\$[!-~]{20,}|\$[156]\$[!-~]{20,}|pbkdf2_sha256\$\d+\$[!-~]{20,}|SCRAM-SHA-256\$\d+:[!-~]{40,}|md5[a-f0-9]{32})$/;

const NAMED_SECRET = /\b(password|passwd|passwort|pwd|secret|client_secret|api[_-]?key|apikey|access[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|accountkey|sharedaccesskey)["']{0,2}\s{0,3}[=:]\s{0,3}["']{0,2}/gi;
const VALUE = /[^\s"'`;,&<>(){}]{3,200}/y;
/** What stands in place of a secret. */
const PLACEHOLDER = /^(\$|%|:|\?|\*+$|x+$|\.+$|null$|none$|true$|false$|undefined$|changeme$|required$|optional$|redacted)/i;
const CREDENTIALS_IN_URL = /:\/\/[^\s/:@"']{0,100}:([^\s/@"']{1,200})@/g;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY-----/g;

/** The kind of a run of word characters, dots and hyphens; null for ordinary text. */
export function secretRun(run: string): 'api_key' | 'token' | null {
  if (run.length < 20) return null;
  if (JSON_WEB_TOKEN.test(run)) return 'token';
  return API_KEYS.some((pattern) => pattern.test(run)) ? 'api_key' : null;
}

/** Whether the whole text is the stored form of a password. */
export function isPasswordHash(text: string): boolean {
  return text.length < 500 && PASSWORD_HASH.test(text);
}

/** Secrets within running text or a connection string. */
export function findNamedSecrets(text: string): SecretSpan[] {
  const found: SecretSpan[] = [];
  for (const match of text.matchAll(NAMED_SECRET)) {
    VALUE.lastIndex = match.index + match[0].length;
    const value = VALUE.exec(text)?.[0];
    if (value === undefined || PLACEHOLDER.test(value) || !isAssigned(match[0], value)) continue;
    found.push({ kind: 'password', start: VALUE.lastIndex - value.length, end: VALUE.lastIndex });
  }
  for (const match of text.matchAll(CREDENTIALS_IN_URL)) {
    const value = match[1] ?? '';
    const end = match.index + match[0].length - 1;
    if (!PLACEHOLDER.test(value)) found.push({ kind: 'password', start: end - value.length, end });
  }
  let covered = 0;
  for (const match of text.matchAll(PRIVATE_KEY)) {
    if (match.index < covered) continue;
    covered = endOfPrivateKey(text, match.index + match[0].length);
    found.push({ kind: 'secret', start: match.index, end: covered });
  }
  return found;
}

/** Behind the closing line; the end of the text where there is none. */
function endOfPrivateKey(text: string, from: number): number {
  const close = text.indexOf('-----END ', from);
  const end = close < 0 ? -1 : text.indexOf('-----', close + 9);
  return end < 0 ? text.length : end + 5;
}

/** `password=x` is an assignment; `password: the hash of …` is prose unless the value looks chosen or stands in quotes. */
function isAssigned(head: string, value: string): boolean {
  if (head.endsWith('=') && !/\s/.test(head)) return true;
  if (/["']$/.test(head)) return true;
  return value.length >= 8 && /\d/.test(value) && /[A-Za-z]/.test(value);
}
