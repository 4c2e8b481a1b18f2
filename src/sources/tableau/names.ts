import type { QueryVariant } from '../../model/query.js';
import { Rewriter } from '../../template/rewrite.js';

/** Engines whose SQL quotes names in backticks. */
const BACKTICKS = /^(mysql|mariadb|bigquery|google-?bigquery|databricks|spark|sparksql|hive|hadoophive|hortonworkshadoophive|clouderaimpala|impala|clickhouse|singlestore|memsql)/i;

/** A name as the engine quotes it. */
export function quoteName(name: string, engine: string | null): string {
  const sign = signOf(engine);
  return sign + name.replaceAll(sign, sign + sign) + sign;
}

function signOf(engine: string | null): string {
  return BACKTICKS.test(engine ?? '') ? '`' : '"';
}

/** One part of a name in brackets, `]` doubled. */
const PART = /\[((?:[^\]]|\]\]){1,300})\]/g;

/** The parts of `[schema].[table]`; empty where the text is written otherwise. */
export function partsOf(bracketed: string): string[] {
  const parts = [...bracketed.matchAll(PART)];
  const whole = parts.map(([text]) => text).join('.');
  return whole === bracketed ? parts.map(([, name = '']) => name.replaceAll(']]', ']')) : [];
}

export function quotedPath(bracketed: string, engine: string | null): string {
  const parts = partsOf(bracketed);
  return parts.length === 0 ? bracketed : parts.map((part) => quoteName(part, engine)).join('.');
}

/** A table as Tableau stores it, `[schema].[table]`, as the engine reads it; letters of its names stay where they are. */
export function tableVariant(stored: string, engine: string | null): QueryVariant {
  const sign = signOf(engine);
  const rewriter = new Rewriter(stored);
  let at = 0;
  if (partsOf(stored).length > 0) {
    for (const match of stored.matchAll(PART)) {
      const [whole, name = ''] = match;
      const start = match.index;
      const end = start + whole.length;
      rewriter.copy(at, start);
      rewriter.generate(sign, start, start + 1);
      if (name.includes(sign) || name.includes(']]')) rewriter.generate(name.replaceAll(']]', ']').replaceAll(sign, sign + sign), start + 1, end - 1);
      else rewriter.copy(start + 1, end - 1);
      rewriter.generate(sign, end - 1, end);
      at = end;
    }
  }
  rewriter.copy(at, stored.length);
  return { label: 'default', ...rewriter.finish(), assumptions: [] };
}
