import { ibanLength, isIban, isPaymentCard } from './literal-account.js';
import { isNationalId } from './literal-national-id.js';
import { findNamedSecrets, isPasswordHash, secretRun } from './literal-secret.js';

/** What a literal can be told to hold. Names, streets and dates of birth cannot be told from a single value. */
export type LiteralKind =
  | 'email'
  | 'phone'
  | 'iban'
  | 'payment_card'
  | 'national_id'
  | 'ip_address'
  | 'password'
  | 'token'
  | 'api_key'
  | 'secret';

export interface LiteralClass {
  kind: LiteralKind;
  /** 0 to 1. */
  confidence: number;
}

export interface LiteralSpan extends LiteralClass {
  start: number;
  end: number;
}

const CONFIDENCE: Readonly<Record<LiteralKind, number>> = {
  email: 0.98,
  phone: 0.85,
  iban: 0.99,
  payment_card: 0.9,
  national_id: 0.9,
  ip_address: 0.75,
  password: 0.9,
  token: 0.98,
  api_key: 0.98,
  secret: 0.99,
};

/** Short words for markers: a marker is as long as the literal that it stands for. */
const MARKER_WORDS: Readonly<Record<LiteralKind, string>> = {
  email: 'email',
  phone: 'phone',
  iban: 'iban',
  payment_card: 'card',
  national_id: 'id',
  ip_address: 'ip',
  password: 'pw',
  token: 'token',
  api_key: 'key',
  secret: 'secret',
};

/** Longer values are files, not data of one person; they are searched up to here. */
const VALUE_LENGTH_MAX = 1_000_000;

/**
 * Whether a literal holds personal data or a secret, as a whole or within. Linear in its length. Dates, identifiers, codes,
 * versions, paths, case numbers and bare numbers are never classified, payment cards excepted.
 */
export function classifyLiteral(value: string): LiteralClass | null {
  const marked = markedKind(value);
  if (marked) return classOf(marked);
  return locatePersonalData(value).reduce<LiteralClass | null>(
    (best, { kind, confidence }) => (best && best.confidence >= confidence ? best : { kind, confidence }),
    null,
  );
}

/** Where a literal holds personal data or secrets: the value as a whole, or the parts of it that do. */
export function locatePersonalData(value: string): LiteralSpan[] {
  const text = value.trim();
  const whole = wholeKind(text);
  if (!whole) return findPersonalData(value);
  const start = value.indexOf(text);
  return [{ ...classOf(whole), start, end: start + text.length }];
}

function classOf(kind: LiteralKind): LiteralClass {
  return { kind, confidence: CONFIDENCE[kind] };
}

/** The beginning of a marker for a redacted literal, `tm#email#`; the hash follows. */
export function markerHead(kind: LiteralKind): string {
  return `tm#${MARKER_WORDS[kind]}#`;
}

function markedKind(value: string): LiteralKind | null {
  const word = /tm#([a-z]{1,6})#/.exec(value)?.[1];
  if (word === undefined) return null;
  const kinds = Object.entries(MARKER_WORDS).find(([, own]) => own === word);
  return kinds && isKind(kinds[0]) ? kinds[0] : null;
}

function isKind(text: string): text is LiteralKind {
  return text in CONFIDENCE;
}

function wholeKind(text: string): LiteralKind | null {
  if (text.length < 6 || text.length > 500) return null;
  if (isPhone(text)) return 'phone';
  if (isIban(text)) return 'iban';
  if (isPaymentCard(text)) return 'payment_card';
  if (isNationalId(text)) return 'national_id';
  if (isIpAddress(text)) return 'ip_address';
  return isPasswordHash(text) ? 'password' : null;
}

/**
 * Personal data and secrets within running text: comments, connection strings, lists. Sorted, without overlaps. Linear in
 * the length of the text; what stands behind the first million characters is not searched.
 */
export function findPersonalData(text: string): LiteralSpan[] {
  const searched = text.length > VALUE_LENGTH_MAX ? text.slice(0, VALUE_LENGTH_MAX) : text;
  const found: LiteralSpan[] = [];
  const add = (kind: LiteralKind, start: number, end: number): void => {
    found.push({ kind, confidence: CONFIDENCE[kind], start, end });
  };
  for (const { kind, start, end } of findNamedSecrets(searched)) add(kind, start, end);
  findEmails(searched, add);
  findPhones(searched, add);
  findRuns(searched, add);
  findIbans(searched, add);
  findCards(searched, add);
  return withoutOverlaps(found);
}

type Add = (kind: LiteralKind, start: number, end: number) => void;

function withoutOverlaps(spans: LiteralSpan[]): LiteralSpan[] {
  const kept: LiteralSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (!last || span.start >= last.end) kept.push(span);
    else last.end = Math.max(last.end, span.end);
  }
  return kept;
}

const LOCAL_PART = /[\w.!#$&*+/=?^`{|}~-]/;
const DOMAIN = /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}([A-Za-z]{2,24})/y;
const LOCAL_LENGTH_MAX = 64;
/** Nobody in person. */
const FUNCTIONAL_MAILBOX = /^(no-?reply|do-?not-?reply|info|support|admin|administrator|postmaster|webmaster|hostmaster|abuse|root|system|service|sales|help|contact|mailer-daemon|alerts?|notifications?|git)([+.-].*)?$/i;
/** `logo@2x.png` is a file. */
const FILE_ENDING = /^(png|jpe?g|gif|svg|webp|ico|js|css|json|html?|php|sql|csv|txt|pdf|xml|ya?ml|zip|gz)$/i;

/** RFC 5321 without quoted local parts and apostrophes, which end a literal; `%40` stands for the sign in URLs and sqlcommenter. */
function findEmails(text: string, add: Add): void {
  const sign = /@|%40/g;
  let found = 0;
  for (let match = sign.exec(text); match; match = sign.exec(text)) {
    let start = match.index;
    while (start > found && match.index - start < LOCAL_LENGTH_MAX && LOCAL_PART.test(text.charAt(start - 1))) start--;
    // Signs may be in a local part; at its beginning they belong to the text around.
    while (start < match.index && !/\w/.test(text.charAt(start))) start++;
    const local = text.slice(start, match.index).replace(/^.*[=/?{|]/, '');
    DOMAIN.lastIndex = match.index + match[0].length;
    const domain = DOMAIN.exec(text);
    // The rest of a chain `a@b.org@c.org`.
    const continues = found > 0 && match.index === found;
    if ((local === '' && !continues) || !domain || FILE_ENDING.test(domain[1] ?? '') || FUNCTIONAL_MAILBOX.test(local)) continue;
    // `user@host.name` of a git or ssh address, or a version of a package: followed by a path or more of a name.
    if (/[:\w-]/.test(text.charAt(DOMAIN.lastIndex))) continue;
    if (match[0] === '@' && local.endsWith('.')) continue;
    found = DOMAIN.lastIndex;
    add('email', match.index - local.length, found);
  }
}

/** ITU-T E.164: at most 15 digits after the sign, the first not 0; with the usual separators. */
const PHONE = /\+[1-9][\d ()./-]{6,22}\d/y;
/** Zones of E.164 with the fewest digits that a number of a person has there. */
const PHONE_DIGITS_MIN = 9;
const PHONE_DIGITS_MAX = 15;

function isPhone(text: string): boolean {
  PHONE.lastIndex = 0;
  return PHONE.test(text) && PHONE.lastIndex === text.length && hasPhoneDigits(text);
}

function hasPhoneDigits(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  return digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX && !/[ ()./-]{4}/.test(text) && !/^\+\d+\.\d+$/.test(text);
}

function findPhones(text: string, add: Add): void {
  for (let at = text.indexOf('+'); at >= 0; at = text.indexOf('+', at + 1)) {
    // A sign after a word, a digit or a parenthesis is arithmetic or part of a code.
    if (at > 0 && /[\w)\]+]/.test(text.charAt(at - 1))) continue;
    PHONE.lastIndex = at;
    let number = PHONE.exec(text)?.[0] ?? '';
    // A last group that goes on in letters belongs to the next word.
    if (/\w/.test(text.charAt(at + number.length))) number = number.replace(/[ ()./-]+\d*$/, '');
    if (!hasPhoneDigits(number) || /\w/.test(text.charAt(at + number.length))) continue;
    add('phone', at, at + number.length);
  }
}

function findIbans(text: string, add: Add): void {
  for (const match of text.matchAll(/\b[A-Z]{2}\d{2}(?=[A-Z0-9 ])/g)) {
    const end = endOfPlain(text, match.index, ibanLength(match[0].slice(0, 2)));
    if (end !== null && isIban(text.slice(match.index, end))) add('iban', match.index, end);
  }
}

/** Where so many letters and digits end, single blanks between them not counted; null when the text ends before. */
function endOfPlain(text: string, start: number, length: number): number | null {
  let count = 0;
  for (let at = start; at < text.length && at - start < 50; at++) {
    if (/[A-Z0-9]/.test(text.charAt(at))) count++;
    else if (text.charAt(at) !== ' ' || text.charAt(at + 1) === ' ') return null;
    if (count === length) return /\w/.test(text.charAt(at + 1)) ? null : at + 1;
  }
  return null;
}

/** Written in groups, as on the card; in one piece it is found as a word. */
function findCards(text: string, add: Add): void {
  for (const match of text.matchAll(/\b\d{4}([ -])\d{4,6}\1\d{4,5}(?:\1\d{1,4})?\b/g)) {
    if (isPaymentCard(match[0])) add('payment_card', match.index, match.index + match[0].length);
  }
}

function isIpAddress(text: string): boolean {
  const [address = '', prefix] = text.split('/', 2);
  if (prefix !== undefined && prefix !== '32' && prefix !== '128') return false;
  return isPublicIpv4(address) || isPublicIpv6(address);
}

/** A public address that is not written like a version: private and reserved blocks (RFC 6890) are nobody's. */
function isPublicIpv4(text: string): boolean {
  if (!/^(\d{1,3})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return false;
  const octets = text.split('.').map(Number);
  const [a = 0, b = 0] = octets;
  if (octets.some((octet) => octet > 255) || a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if ((a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254) || (a === 100 && b >= 64 && b < 128)) return false;
  return octets.filter((octet) => octet >= 100).length >= 2 || octets.filter((octet) => octet >= 20).length >= 3;
}

/** Global unicast, 2000::/3 (RFC 4291), with groups enough not to be a cast or a ratio. */
function isPublicIpv6(text: string): boolean {
  if (!/^[23][0-9a-f]{3}(:[0-9a-f]{0,4}){3,7}$/i.test(text)) return false;
  const gaps = text.split('::').length - 1;
  const groups = text.split(':').filter((group) => group !== '').length;
  return gaps === 1 ? groups >= 3 && groups < 8 : gaps === 0 && groups === 8;
}

/** Tokens, cards and identifiers that stand as one word. */
function findRuns(text: string, add: Add): void {
  for (const match of text.matchAll(/[\w.:/-]{9,}/g)) {
    const word = match[0];
    const kind = wordKind(word);
    if (kind) {
      add(kind, match.index, match.index + word.length);
      continue;
    }
    // A sentence's full stop, a path or a name before a colon.
    for (const inner of word.matchAll(/[\w.-]{9,}/g)) {
      const run = inner[0].replace(/[.-]+$/, '');
      const own = wordKind(run);
      const start = match.index + inner.index;
      if (own) add(own, start, start + run.length);
    }
  }
}

function wordKind(word: string): LiteralKind | null {
  if (word.length > 10_000) return null;
  const secret = secretRun(word);
  if (secret) return secret;
  if (word.length > 45) return null;
  if (isPaymentCard(word)) return 'payment_card';
  if (isNationalId(word)) return 'national_id';
  return isIpAddress(word) ? 'ip_address' : null;
}
