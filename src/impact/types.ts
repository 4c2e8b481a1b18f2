import type { Standing } from './comparisons.js';

/** What another type does to a value that is read as before. */
export interface TypeEffect {
  sentence: string;
  confidence: number;
}

type Family = 'integer' | 'decimal' | 'float' | 'text' | 'citext' | 'date' | 'timestamp' | 'timestamptz' | 'boolean' | 'json' | 'uuid' | 'other';

/** Base types by family (PostgreSQL 18, chapter 8), with what narrows them. */
function familyOf(type: string): { family: Family; size: number } {
  const lower = type.toLowerCase().replace(/^"?pg_catalog"?\./, '').trim();
  const size = Number(/\((\d+)/.exec(lower)?.[1] ?? Number.POSITIVE_INFINITY);
  const base = lower.replace(/\([^)]*\)/g, '').replace(/\s+/g, ' ').trim();
  if (/^(smallint|int2|smallserial)$/.test(base)) return { family: 'integer', size: 2 };
  if (/^(integer|int|int4|serial)$/.test(base)) return { family: 'integer', size: 4 };
  if (/^(bigint|int8|bigserial)$/.test(base)) return { family: 'integer', size: 8 };
  if (/^(numeric|decimal|money)$/.test(base)) return { family: 'decimal', size: scaleOf(lower) };
  if (/^(real|float4)$/.test(base)) return { family: 'float', size: 4 };
  if (/^(double precision|float8|float|double)$/.test(base)) return { family: 'float', size: 8 };
  if (/^(text|character varying|varchar|character|char|bpchar|string)$/.test(base)) return { family: 'text', size: base === 'character' || base === 'char' || base === 'bpchar' ? 0 : size };
  if (base === 'citext') return { family: 'citext', size };
  if (base === 'date') return { family: 'date', size };
  if (/^(timestamp|timestamp without time zone|datetime)$/.test(base)) return { family: 'timestamp', size };
  if (/^(timestamptz|timestamp with time zone)$/.test(base)) return { family: 'timestamptz', size };
  if (/^(boolean|bool)$/.test(base)) return { family: 'boolean', size };
  if (/^(json|jsonb)$/.test(base)) return { family: 'json', size: base === 'json' ? 1 : 2 };
  return { family: base === 'uuid' ? 'uuid' : 'other', size };
}

/** Digits after the point; infinite where the type has no bound. */
function scaleOf(type: string): number {
  const [, precision, scale] = /\((\d+)(?:,\s*(\d+))?\)/.exec(type) ?? [];
  return precision === undefined ? Number.POSITIVE_INFINITY : Number(scale ?? 0);
}

/**
 * What a column that becomes another type means to one who goes on reading it; null where the values stay what they were.
 *
 * @param standings how it stands in the text; empty where it is only shown
 */
export function typeEffect(from: string, to: string, using: string | null, standings: ReadonlySet<Standing>): TypeEffect | null {
  const [a, b] = [familyOf(from), familyOf(to)];
  const rewritten = using !== null && !isPlainCast(using) ? `; values are rewritten by USING ${using}` : '';
  const found = familyEffect(a, b, standings);
  if (found !== null) return { ...found, sentence: `${found.sentence}${rewritten}` };
  return rewritten === '' ? null : { sentence: `values are rewritten by USING ${using ?? ''}`, confidence: 0.7 };
}

/** `status::text`, `CAST(status AS text)`. */
function isPlainCast(using: string): boolean {
  return /^\(*\s*"?[\w$]+"?\s*\)*\s*::\s*[\w\s."(),]+\)*$/.test(using) || /^\(*\s*cast\s*\(\s*"?[\w$]+"?\s+as\s+[\w\s."(),]+\)+$/i.test(using) || /^"?[\w$]+"?$/.test(using.trim());
}

function familyEffect(a: ReturnType<typeof familyOf>, b: ReturnType<typeof familyOf>, standings: ReadonlySet<Standing>): TypeEffect | null {
  if (onlyCounts(standings)) return null;
  const pair = `${a.family} ${b.family}`;
  switch (pair) {
    case 'integer integer':
    case 'date date':
      return null;
    case 'decimal decimal':
      return b.size < a.size ? { sentence: 'fractions are rounded to fewer digits', confidence: 0.8 } : null;
    case 'text text':
      return a.size === 0 && b.size !== 0 ? { sentence: 'blanks at the end count in comparisons from now on', confidence: 0.4 } : null;
    case 'decimal integer':
    case 'float integer':
      return { sentence: standings.has('division') ? 'fractions are rounded away, and a division of whole numbers drops the rest' : 'fractions are rounded away', confidence: 0.9 };
    case 'integer decimal':
      return standings.has('division') ? { sentence: 'a division that dropped the rest now keeps it', confidence: 0.9 } : null;
    case 'integer float':
    case 'decimal float':
      return { sentence: 'sums and comparisons are no longer exact', confidence: 0.7 };
    case 'float decimal':
      return { sentence: 'values are rounded to decimal digits, so that sums and comparisons change in their last digits', confidence: 0.6 };
    case 'float float':
      return b.size < a.size ? { sentence: 'values keep fewer digits', confidence: 0.7 } : null;
    case 'timestamp timestamptz':
      return { sentence: asksForDays(standings) ? 'days and limits begin at another moment: they follow the time zone of the session from now on' : 'it is shown in the time zone of the session from now on', confidence: 0.85 };
    case 'timestamptz timestamp':
      return { sentence: asksForDays(standings) ? 'days and limits no longer follow the time zone of the session, but the one in which it was migrated' : 'it no longer follows the time zone of the session', confidence: 0.85 };
    case 'timestamp date':
    case 'timestamptz date':
      return { sentence: 'the time of day is lost, so that limits within a day and order within it change', confidence: 0.9 };
    case 'date timestamp':
    case 'date timestamptz':
      return standings.has('ordered') || standings.has('compared') ? { sentence: 'what was one day is now a moment: an upper limit with <= or BETWEEN leaves out all but its first instant', confidence: 0.85 } : { sentence: 'a time of day is shown with it', confidence: 0.6 };
    case 'text citext':
      return { sentence: 'upper and lower case are one in comparisons, groups and distinct counts', confidence: 0.85 };
    case 'citext text':
      return { sentence: 'upper and lower case are told apart in comparisons, groups and distinct counts', confidence: 0.85 };
    case 'json json':
      return { sentence: b.size > a.size ? 'order and repetition of keys are lost' : 'equal documents are no longer equal texts', confidence: 0.4 };
    default:
      return a.family === b.family && a.family !== 'other' ? null : { sentence: 'it sorts, compares and prints in another way', confidence: standings.size === 0 ? 0.5 : 0.6 };
  }
}

function asksForDays(standings: ReadonlySet<Standing>): boolean {
  return standings.has('truncated') || standings.has('ordered') || standings.has('compared');
}

function onlyCounts(standings: ReadonlySet<Standing>): boolean {
  return standings.size > 0 && [...standings].every((standing) => standing === 'counted' || standing === 'null-test');
}
