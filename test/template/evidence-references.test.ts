import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { legacyReferences, neutraliseEvidence, neutraliseStudio } from '../../src/template/evidence-references.js';
import { frameVariant } from '../../src/template/frame.js';

const byName = (name: string): { name: string } => ({ name });

describe('references of the older tool', () => {
  test('reach to the brace that closes them', () => {
    expect(legacyReferences('a ${x} ${inputs.a ? `{${b}}` : 1} ${open').map(({ expression }) => expression)).toEqual(['x', 'inputs.a ? `{${b}}` : 1']);
  });

  test('are filled by their slot', () => {
    const { variants } = neutraliseEvidence("select * from t where a = ${inputs.a} and b like '%${inputs.b.value}%' limit ${inputs.rows}", byName);
    expect(variants.map(({ sql }) => sql)).toEqual(["select * from t where a = NULL and b like '%1%' limit 1"]);
  });
});

describe('variables of Evidence Studio', () => {
  test('give a variant without and one with the optional parts', () => {
    const { variants } = neutraliseStudio('select 1 from t where a = {{ a }} [[ and b = {{ b }} ]] [[ and c = {{ c }} ]]', byName, (name) => name === 'b');
    expect(variants.map(({ label, sql }) => [label, sql.replace(/\s+/g, ' ')])).toEqual([
      ['default', 'select 1 from t where a = NULL and c = NULL '],
      ['maximal', 'select 1 from t where a = NULL and b = NULL and c = NULL '],
    ]);
  });

  test('leave brackets of arrays alone', () => {
    const { variants } = neutraliseStudio('select [[1, 2], [3]] from t', byName, () => true);
    expect(variants.map(({ sql }) => sql)).toEqual(['select [[1, 2], [3]] from t']);
  });
});

describe('both', () => {
  const piece = fc.constantFrom('${', '}', '{{', '}}', '[[', ']]', "'", '"', '--', '\n', ' from ', ' where ', 'x', '|', '.filter', ',', '(', ')');

  test('keep a map that leads to the letters of the source', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 50 }), (pieces) => {
        const text = pieces.join('');
        const results = [neutraliseEvidence(text, byName), neutraliseStudio(text, byName, (name) => name.length % 2 === 0)];
        for (const { variants, problems } of results) {
          expect(variants.length + problems.length).toBeGreaterThan(0);
          for (const { sql, map } of variants) {
            expect(map.length > 0 || sql === text).toBe(true);
            for (const { out, src, srcEnd, length, copy } of map) if (copy) expect(sql.slice(out, out + length)).toBe(text.slice(src, srcEnd));
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

test('a frame is generated text around what is copied', () => {
  const framed = frameVariant({ label: 'default', sql: 'amount', map: [], assumptions: [] }, 'sum(\n', '\n)');
  expect(framed).toMatchObject({ label: 'default', sql: 'sum(\namount\n)' });
  expect(framed.map.map(({ copy, length }) => [copy, length])).toEqual([[false, 5], [true, 6], [false, 2]]);
  expect(frameVariant(framed, '', '')).toBe(framed);
});
