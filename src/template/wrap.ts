import type { QueryVariant, Segment, SqlKind } from '../model/query.js';

/**
 * A variant of a fragment as the whole statement that a parser reads: an expression or predicate over the relation it
 * belongs to, a relation read whole (formats: a line break before `)` keeps a last `--` comment from swallowing it). The
 * frame is generated text that stands for the fragment's start.
 *
 * @param relation a name or `(SELECT …)`; null where nobody knows it
 * @param alias what the fragment calls the relation
 */
export function wrapFragment(variant: QueryVariant, kind: SqlKind, relation: string | null, alias = 't'): QueryVariant {
  const from = relation === null ? '' : ` FROM ${relation} AS ${alias}`;
  switch (kind) {
    case 'statement':
      return variant;
    case 'expression':
      return framed('SELECT (\n', variant, `\n) AS value${from}`);
    case 'predicate':
      return framed(`SELECT 1${from} WHERE (\n`, variant, '\n)');
    case 'relation':
      return framed('SELECT * FROM ', variant, ` AS ${alias}`);
  }
}

function framed(before: string, variant: QueryVariant, after: string): QueryVariant {
  const { sql } = variant;
  const inner: Segment[] = variant.map.length > 0 ? variant.map : [{ out: 0, src: 0, length: sql.length, srcEnd: sql.length, copy: true }];
  const last = inner.at(-1)?.srcEnd ?? 0;
  const map: Segment[] = [
    { out: 0, src: 0, length: before.length, srcEnd: 0, copy: false },
    ...inner.map((segment) => ({ ...segment, out: segment.out + before.length })),
    { out: before.length + sql.length, src: last, length: after.length, srcEnd: last, copy: false },
  ];
  return { ...variant, sql: before + sql + after, map };
}

/** A variant that a tool builds from parts, without a text of its own: nothing of it stands in the file. */
export function rebuiltVariant(label: string, sql: string, assumptions: readonly string[] = []): QueryVariant {
  return { label, sql, map: [{ out: 0, src: 0, length: sql.length, srcEnd: 0, copy: false }], assumptions: [...assumptions] };
}
