import { expect, test } from 'vitest';
import { render } from '../../src/report/ndjson.js';
import { checkReport } from './check-report.js';

test('a check has a line for each thing, and one with what is left', () => {
  const records: { type: string }[] = render(checkReport).trimEnd().split('\n').map((line) => JSON.parse(line));
  const numbers: Record<string, number> = {};
  for (const { type } of records) numbers[type] = (numbers[type] ?? 0) + 1;
  expect(numbers).toMatchObject({ report: 1, finding: 4, gap: 1, fixed: 1, knownGap: 1, changedFile: 1, ratchet: 1, note: 1, check: 1 });
  expect(records.at(-1)).toMatchObject({ type: 'check', since: { ref: 'origin/main' }, counts: { new: 2, unchanged: 1, suppressed: 1, fixed: 1 }, waivers: { entries: 1 } });
});
