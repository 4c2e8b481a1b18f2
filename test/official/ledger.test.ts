import { expect, test } from 'vitest';
import { CHAIN_BEGIN, findRun, ledgerLine, readLedger, type LedgerEvent, type LedgerText } from '../../src/official/ledger.js';
import { approvalRefused, isSamePerson, revocationRefused, type RunInputs } from '../../src/official/run.js';

const AT = '2026-07-01T06:00:00.000Z';

function inputs(id: string, name = 'enforcement'): RunInputs {
  return {
    id, name, version: '2026-06', store: 'warehouse', engine: 'duckdb', query: 'select 1 as one', parameters: {}, sourceWatermarks: { cases: '2026-07-01 00:00:00+00' }, watermark: null, at: null,
    position: null, referenceVersions: {}, timeZone: 'UTC', searchPath: [], bucket: null, executedBy: 'Ada Byron', role: null, executedAt: AT, notReproducible: [],
  };
}

const result = { rows: '12', hash: 'tm1:00', buckets: [] };
const begun = (id: string, name?: string): LedgerEvent => ({ event: 'running', at: AT, run: inputs(id, name) });
const ended = (id: string): LedgerEvent => ({ event: 'succeeded', at: AT, id, result });
const approved = (id: string, by = 'Grace Hopper'): LedgerEvent => ({ event: 'approved', at: AT, id, by, note: null });
const revoked = (id: string): LedgerEvent => ({ event: 'revoked', at: AT, id, by: 'Grace Hopper', note: 'wrong taxonomy' });

function written(...events: LedgerEvent[]): string[] {
  let head = CHAIN_BEGIN;
  return events.map((event) => {
    const { line, hash } = ledgerLine(event, head);
    head = hash;
    return line;
  });
}

const whole = (lines: readonly string[]): LedgerText[] => lines.map((text) => ({ text, whole: true }));
const told = (lines: readonly LedgerText[]) => readLedger(lines).problems.map(({ line, text }) => `${line} ${text}`);

test('a run is what its events left of it', () => {
  const ledger = readLedger(whole(written(begun('a1'), ended('a1'), begun('b2'), approved('a1'), revoked('a1'))));
  expect(ledger.problems).toEqual([]);
  expect(ledger.runs.map(({ inputs: { id }, status }) => `${id} ${status}`)).toEqual(['a1 REVOKED', 'b2 RUNNING']);
  expect(ledger.runs[0]).toMatchObject({ result, approved: { by: 'Grace Hopper' }, revoked: { note: 'wrong taxonomy' } });
});

test.each<[string, (lines: string[]) => string[], string[]]>([
  ['a letter changed', (lines) => lines.with(1, (lines[1] ?? '').replace('"rows":"12"', '"rows":"13"')), ['2 was changed after it was written', '3 does not follow the line before it: lines between them are gone, were changed or were put in', '3 approves run a1, and it never ended: only a run that succeeded is approved']],
  ['a line taken out', (lines) => lines.toSpliced(1, 1), ['2 does not follow the line before it: lines between them are gone, were changed or were put in', '2 approves run a1, and it never ended: only a run that succeeded is approved']],
  ['the first line taken out', (lines) => lines.slice(1), ['1 does not begin the file: lines before it are gone', '1 is about run a1, which no line begins', '2 is about run a1, which no line begins']],
  ['two lines in another order', ([first = '', second = '', ...rest]) => [second, first, ...rest], ['1 does not begin the file: lines before it are gone', '1 is about run a1, which no line begins', '2 does not follow the line before it: lines between them are gone, were changed or were put in', '3 does not follow the line before it: lines between them are gone, were changed or were put in', '3 approves run a1, and it never ended: only a run that succeeded is approved']],
  ['a line of somebody else', (lines) => lines.toSpliced(1, 0, '{"event":"approved","id":"a1"}'), ['2 is not a line that tidemark wrote']],
  ['a line twice', (lines) => [...lines, lines[2] ?? ''], ['4 does not follow the line before it: lines between them are gone, were changed or were put in', '4 approves run a1, and it is approved already, by Grace Hopper']],
])('%s is told', (_what, change, expected) => {
  expect(told(whole(change(written(begun('a1'), ended('a1'), approved('a1')))))).toEqual(expected);
});

test('a line of which only the beginning was written is no change, and the file goes on behind it', () => {
  const [first = '', second = ''] = written(begun('a1'), ended('a1'));
  const torn = readLedger([{ text: first, whole: true }, { text: second.slice(0, 40), whole: false }]);
  expect(torn.problems).toEqual([{ line: 2, text: 'is cut off: a process was ended while it wrote', kind: 'torn' }]);
  const { line } = ledgerLine(ended('a1'), torn.head);
  const after = readLedger(whole([first, second.slice(0, 40), line]));
  expect(after.problems.map(({ kind }) => kind)).toEqual(['torn']);
  expect(after.runs[0]?.status).toBe('SUCCEEDED');
});

test('bytes that are no text, and events that the chain holds but nobody may make, are told', () => {
  expect(told([{ text: null, whole: true }])).toEqual(['1 is no text']);
  expect(told(whole(written(begun('a1'), ended('a1'), approved('a1', ' ada  byron '))))).toEqual(['3 approves run a1, and  ada  byron  ran it: a report is approved by somebody else than who ran it']);
  expect(told(whole(written(begun('a1'), begun('a1'), approved('zz'), revoked('a1'))))).toEqual([
    '2 begins run a1 a second time', '3 is about run zz, which no line begins', '4 revokes run a1, and its status is RUNNING: only an approved run is revoked, nothing rests on one that nobody approved',
  ]);
});

test('lines that were taken off the end are seen by a hash that was kept', () => {
  const lines = written(begun('a1'), ended('a1'), approved('a1'));
  const before = readLedger(whole(lines));
  const cut = readLedger(whole(lines.slice(0, 2)));
  expect(cut.problems).toEqual([]);
  expect([before.hashes.has(before.head), cut.hashes.has(before.head)]).toEqual([true, false]);
});

test('a run is found by its id, the beginning of it, or its report', () => {
  const { runs } = readLedger(whole(written(begun('1f0c-aa'), begun('1f0c-bb', 'board'), begun('99aa', 'board'))));
  const found = (wanted: string): string => {
    const run = findRun(runs, wanted);
    return typeof run === 'string' ? run : run.inputs.id;
  };
  expect(['1f0c-aa', '1f0c-b', 'board', '1f0c', '99', 'nothing'].map(found)).toEqual(['1f0c-aa', '1f0c-bb', '99aa', '2 runs begin so: name more letters of the id', 'no run has this id or name', 'no run has this id or name']);
});

test('statuses keep their order', () => {
  const [run] = readLedger(whole(written(begun('a1')))).runs;
  if (run === undefined) throw new Error('no run');
  const as = (status: typeof run.status) => ({ ...run, status, approved: { by: 'G', at: AT, note: null }, revoked: { by: 'R', at: AT, note: null } });
  expect((['RUNNING', 'FAILED', 'SUCCEEDED', 'APPROVED', 'REVOKED'] as const).map((status) => approvalRefused(as(status), 'Grace') === null)).toEqual([false, false, true, false, false]);
  expect((['RUNNING', 'FAILED', 'SUCCEEDED', 'APPROVED', 'REVOKED'] as const).map((status) => revocationRefused(as(status)) === null)).toEqual([false, false, false, true, false]);
  expect([isSamePerson('Ada Byron', ' ADA  BYRON'), isSamePerson('Ada', 'Adam')]).toEqual([true, false]);
});
