import { Scanner, Token, type Span, type TokenKind } from './scanner.js';

/** Words behind which a literal is a secret: `PASSWORD 'x'` (CREATE ROLE, USER MAPPING), `SECRET 'x'` (DuckDB), `aws_secret_key = 'x'`. */
const SECRET_WORD = /^(?:\w{0,40}_)?(?:ssl)?(?:password|passwd|pwd|passphrase|secret|secret_key|secret_access_key|session_token|token|api_key|apikey|private_key|account_key)$/;
const BETWEEN: ReadonlySet<string> = new Set(['=', ':', '>', ':=', '=>', 'encrypted', 'varchar', 'text']);

/**
 * Functions that take credentials by position, counted from 0 (ClickHouse, "Table functions"). `remote` names its table in
 * one argument or in two.
 */
const POSITIONS: Record<string, readonly number[]> = {
  postgresql: [4], mysql: [4], mongodb: [4], redis: [4], remote: [3, 4], remotesecure: [3, 4],
  s3: [1, 2], s3cluster: [2, 3], gcs: [1, 2], oss: [1, 2], cosn: [1, 2], iceberg: [1, 2], deltalake: [1, 2], hudi: [1, 2], azureblobstorage: [4],
};
/** Formats and compressions, which stand where credentials may stand. */
const NO_SECRET = /^(?:auto|none|nosign|gzip|zstd|xz|lz4|brotli|parquet|orc|avro|arrow|native|[jc]sv?\w*|tsv\w*|tabseparated\w*|json\w*|customseparated\w*|rowbinary\w*|values|default|currentdatabase\(\))$/i;

/** A secret within a connection string: `password=x`, `password = 'x y'`, `Pwd={x};`, `aws_secret_access_key=x`. In literals its quotes are doubled. */
const ASSIGNED = /(?<!\w)(?:\w{0,40}_)?(?:ssl)?(?:password|passwd|pwd|passphrase|secret|secret_key|secret_access_key|session_token|access_token|auth_token|api_key|accountkey|sharedaccesskey)\s{0,8}=\s{0,8}(?!%[sLI\d]|\{\d{0,2}\})(?:''((?:[^']|''''){0,400})''|'([^']{0,400})'|\{([^}]{0,400})\}|([^\s;'&]{1,400}))/gi;
/** A string that ends where the password begins, which the next one gives. */
const OPEN_END = /(?:password|passwd|pwd)\s{0,8}=\s{0,8}'{0,2}$/i;
/** A form into which another argument of the call puts it. */
const FORM = /(?:(?:password|passwd|pwd)\s{0,8}=\s{0,8}'{0,2}|:\/\/[^\s/:@'"]{0,256}:)(?:%[sLI\d]|\{\d{0,2}\})/i;
const IN_URL = /:\/\/[^\s/:@'"]{0,256}:(?!%[sLI\d]|\{\d{0,2}\})([^\s'"]{1,1024})@/g;

interface Call {
  name: string;
  argument: number;
}

/**
 * Where the credentials of a statement stand, without their quotes: passwords of roles, user mappings and secrets, in connection
 * strings of dblink, ATTACH and scans, and in functions that take them by position. It rather finds too much than too little.
 * Sorted; linear in the text.
 */
export function credentials(text: string): Span[] {
  const scanner = new Scanner(text, { dollarQuotes: 'closed' });
  const found: Span[] = [];
  const calls: Call[] = [];
  let words: string[] = [];
  let isOpen = false;
  let formedIn: Call | undefined;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) {
      found.push(...assigned(text, scanner.start, scanner.end));
      continue;
    }
    const word = text.slice(scanner.start, Math.min(scanner.end, scanner.start + 60)).toLowerCase();
    const inner = innerOf(text, scanner, kind);
    if (inner) {
      const value = text.slice(inner.start, inner.end);
      // What stands in double quotes behind a name may be a name.
      const isSecret = isOpen || (kind !== Token.Identifier && followsSecretWord(words)) || isPositional(calls.at(-1), value) || (formedIn !== undefined && calls.at(-1) === formedIn);
      if (isSecret && value.length > 0) found.push(inner);
      else found.push(...assigned(text, inner.start, inner.end));
      isOpen = OPEN_END.test(value.slice(-40));
      if (FORM.test(value)) formedIn = calls.at(-1);
    } else if (kind === Token.Punctuation) step(word, words.at(-1) ?? '', calls);
    words = [...words.slice(-2), bare(word)];
  }
  return found;
}

/** The text with `*` for every letter of its credentials. */
export function withoutCredentials(text: string): string {
  let visible = '';
  let at = 0;
  for (const { start, end } of credentials(text)) {
    if (start < at) continue;
    visible += text.slice(at, start) + '*'.repeat(end - start);
    at = end;
  }
  return visible + text.slice(at);
}

function step(mark: string, before: string, calls: Call[]): void {
  if (mark === '(') calls.push({ name: before, argument: 0 });
  else if (mark === ')') calls.pop();
  else if (mark === ';') calls.length = 0;
  const call = calls.at(-1);
  if (mark === ',' && call) call.argument++;
}

function followsSecretWord(words: readonly string[]): boolean {
  for (const word of words.toReversed()) {
    if (SECRET_WORD.test(word)) return true;
    if (!BETWEEN.has(word)) return false;
  }
  return false;
}

function isPositional(call: Call | undefined, value: string): boolean {
  const positions = call && Object.hasOwn(POSITIONS, call.name) ? POSITIONS[call.name] : undefined;
  return positions !== undefined && call !== undefined && positions.includes(call.argument) && !NO_SECRET.test(value);
}

function assigned(text: string, from: number, to: number): Span[] {
  const part = text.slice(from, to);
  if (!part.includes('=') && !part.includes('://')) return [];
  const spans = [...part.matchAll(ASSIGNED)].flatMap((match): Span[] => {
    const value = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
    const start = from + match.index + match[0].lastIndexOf(value);
    return value === '' ? [] : [{ start, end: start + value.length }];
  });
  const inUrls = [...part.matchAll(IN_URL)].map((match): Span => {
    const end = from + match.index + match[0].length - 1;
    return { start: end - (match[1] ?? '').length, end };
  });
  return [...spans, ...inUrls].sort((a, b) => a.start - b.start);
}

function bare(word: string): string {
  return word.replace(/^["'`]|["'`]$/g, '');
}

function innerOf(text: string, { start, end, closed }: { start: number; end: number; closed: boolean }, kind: TokenKind): Span | null {
  if (kind === Token.String) return { start: text.indexOf("'", start) + 1, end: closed ? end - 1 : end };
  // BigQuery, MySQL and others write texts in double quotes.
  if (kind === Token.Identifier) return { start: start + 1, end: closed ? end - 1 : end };
  if (kind !== Token.Dollar) return null;
  const tag = text.indexOf('$', start + 1) + 1 - start;
  return { start: start + tag, end: closed ? end - tag : end };
}
