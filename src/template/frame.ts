import type { QueryVariant, Segment } from '../model/query.js';

/** A variant with text that a tool puts around it: an aggregate, common tables. A frame of two empty texts leaves it as it is. */
export function frameVariant(variant: QueryVariant, before: string, after: string): QueryVariant {
  if (before === '' && after === '') return variant;
  const { length } = variant.sql;
  const inner: Segment[] = variant.map.length > 0 ? variant.map : [{ out: 0, src: 0, length, srcEnd: length, copy: true }];
  const end = inner.at(-1)?.srcEnd ?? 0;
  const map: Segment[] = inner.map((segment) => ({ ...segment, out: segment.out + before.length }));
  if (before !== '') map.unshift({ out: 0, src: 0, length: before.length, srcEnd: 0, copy: false });
  if (after !== '') map.push({ out: before.length + length, src: end, length: after.length, srcEnd: end, copy: false });
  return { ...variant, sql: before + variant.sql + after, map };
}
