import { expect, test } from 'vitest';
import { loadRules } from '../../src/rules/load.js';
import { textOf } from './documents.js';

const text = textOf('docs/claims.md');
const rules = new Set((await loadRules()).map(({ id }) => id));

test('every claim of the catalogue is listed, once, with what stands for it', () => {
  const rows = [...text.matchAll(/^\| (\d+) \| (.+?) \| ([ASH]) \| (.+) \|$/gm)];
  const numbers = rows.map(([, number]) => Number(number));
  // Of sections 29 and 30 the checklist and the rules of thumb are answered as a whole.
  expect(numbers).toEqual(Array.from({ length: 159 }, (_, index) => index + 1));
  expect(rows.filter(([, , , , reason = '']) => reason.trim().length < 12)).toEqual([]);
});

test('names rules that there are, and every rule that there is', () => {
  const named = new Set([...text.matchAll(/`([a-z]+(?:-[a-z0-9]+)+)`/g)].map(([, id = '']) => id));
  const controls = ['freshness-watermark', 'metric-contract', 'reproducible-run', 'immutable-evidence'];
  const other = ['migration-'];
  expect([...named].filter((id) => !rules.has(id) && !controls.includes(id) && !other.includes(id)).sort()).toEqual([]);
  const silent = [...rules].filter((id) => !named.has(id) && !/^(?:suppression|migration)-/.test(id)).sort();
  expect(silent).toEqual([]);
});
