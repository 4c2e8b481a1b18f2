import type { QueryVariant, SqlKind } from '../../model/query.js';
import { neutraliseMetabase, type TagResolver } from '../../template/metabase.js';
import type { Neutralised } from '../../template/result.js';
import { compose, Rewriter } from '../../template/rewrite.js';
import { wrapFragment } from '../../template/wrap.js';

const STATEMENT = /^(select|with|values|table|insert|update|delete|merge|create|drop|truncate)\b/i;
const SUB_SELECT = /^\s*\(\s*(select|with)\b/i;
/** A join that goes on from a relation, and one that names its own. */
const JOIN = /^\s*((left|right|full|inner|cross|natural|outer)\s+){0,3}join\b/i;
const JOINED = /^\s*[\w".]+(\s+(as\s+)?\w+)?\s+((left|right|full|inner|cross|natural|outer)\s+){0,3}join\b/i;
const PREDICATE = /[=<>~]|\b(and|or|not|in|is|like|ilike|between|exists)\b/i;
/** With what a condition begins where it continues a clause. */
const LEADING = /^\s*(where|and|or|having|on)\b/i;

/** What a snippet seems to be: people keep whole queries, joins, conditions and expressions in them. */
export function fragmentKind(text: string): SqlKind {
  const plain = text.replace(/^(\s+|--[^\n]*\n)+/, '');
  if (STATEMENT.test(plain)) return 'statement';
  if (LEADING.test(plain)) return 'predicate';
  if ([SUB_SELECT, JOIN, JOINED].some((pattern) => pattern.test(plain))) return 'relation';
  return PREDICATE.test(plain) ? 'predicate' : 'expression';
}

/** The variants of a snippet as whole statements; the word that joins a condition to others is left out. */
export function readFragment(raw: string, kind: SqlKind, resolve: TagResolver): Neutralised {
  if (raw.trim() === '') return { variants: [], problems: [] };
  const leading = kind === 'predicate' ? LEADING.exec(raw)?.[0].length ?? 0 : 0;
  const rewriter = new Rewriter(raw);
  if (leading > 0) rewriter.generate(' '.repeat(leading), 0, leading);
  rewriter.copy(leading, raw.length);
  const shown = rewriter.finish();
  const { variants, problems } = neutraliseMetabase(shown.sql, resolve);
  const framed = variants.map((variant) => {
    const own = { ...variant, map: compose(variant.map, shown.map) };
    if (kind !== 'relation' || SUB_SELECT.test(raw)) return wrapFragment(own, kind, null, 'snippet');
    return after(JOIN.test(raw) ? 'SELECT * FROM snippet ' : 'SELECT * FROM ', own);
  });
  return { variants: framed, problems };
}

function after(before: string, variant: QueryVariant): QueryVariant {
  const { sql } = variant;
  const inner = variant.map.length > 0 ? variant.map : [{ out: 0, src: 0, length: sql.length, srcEnd: sql.length, copy: true }];
  const frame = { out: 0, src: 0, length: before.length, srcEnd: 0, copy: false };
  return { ...variant, sql: before + sql, map: [frame, ...inner.map((segment) => ({ ...segment, out: segment.out + before.length }))] };
}
