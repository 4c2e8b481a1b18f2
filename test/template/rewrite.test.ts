import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compose, Rewriter, toSource, toSourceSpan } from '../../src/template/rewrite.js';

/** A rewriting as a list of steps: copy so many characters, or replace so many by a text. */
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('copy' as const), length: fc.nat(6) }),
    fc.record({ kind: fc.constant('replace' as const), length: fc.nat(4), text: fc.string({ maxLength: 6 }) }),
  ),
  { maxLength: 12 },
);

function rewrite(source: string, plan: (typeof steps extends fc.Arbitrary<infer T> ? T : never)) {
  const rewriter = new Rewriter(source);
  let at = 0;
  for (const step of plan) {
    const end = Math.min(source.length, at + step.length);
    if (step.kind === 'copy') rewriter.copy(at, end);
    else rewriter.generate(step.text, at, end);
    at = end;
  }
  rewriter.copy(at, source.length);
  return rewriter.finish();
}

describe('a rewriting', () => {
  test('knows for each character where it comes from', () => {
    const source = 'where $__timeFilter(opened_at)';
    const rewriter = new Rewriter(source);
    rewriter.copy(0, 6);
    rewriter.copy(20, 29);
    rewriter.generate(" BETWEEN '…' AND '…'", 6, 30);
    const { sql, map } = rewriter.finish();
    expect(sql).toBe("where opened_at BETWEEN '…' AND '…'");
    expect(source.slice(toSource(map, 6), toSource(map, 6) + 9)).toBe('opened_at');
    const { start, end } = toSourceSpan(map, sql.indexOf('BETWEEN'));
    expect(source.slice(start, end)).toBe('$__timeFilter(opened_at)');
  });

  test('needs no map where it changes nothing', () => {
    const rewriter = new Rewriter('select 1');
    rewriter.copy(0, 8);
    expect(rewriter.finish()).toEqual({ sql: 'select 1', map: [] });
    expect(toSource([], 3)).toBe(3);
  });

  test('maps copied characters to the same characters, and covers the whole text in order', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), steps, (source, plan) => {
        const { sql, map } = rewrite(source, plan);
        const length = map.reduce((at, { out, length }) => (out === at ? at + length : Number.NaN), 0);
        expect(map.length === 0 ? source : length).toBe(map.length === 0 ? sql : sql.length);
        for (const { out, src, length, srcEnd, copy } of map) {
          if (copy) expect(sql.slice(out, out + length)).toBe(source.slice(src, srcEnd));
          for (let offset = out; offset < out + length; offset++) {
            expect(toSource(map, offset)).toBe(copy ? src + offset - out : src);
          }
        }
      }),
    );
  });

  test('of a rewriting leads to the first source', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), steps, steps, (source, first, second) => {
        const inner = rewrite(source, first);
        const outer = rewrite(inner.sql, second);
        const both = compose(outer.map, inner.map);
        for (let offset = 0; offset < outer.sql.length; offset++) {
          expect(toSource(both, offset)).toBe(toSource(inner.map, toSource(outer.map, offset)));
        }
      }),
    );
  });
});
