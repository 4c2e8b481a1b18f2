import { describe, expect, test } from 'vitest';
import { piecesOfWork } from '../../../src/graph/join/entries.js';
import type { StatementStatistics } from '../../../src/model/statement.js';
import { statistics } from '../../support/estate.js';

const QUERY = 'SELECT region_code, count(*) FROM app.case_file GROUP BY region_code';
const entry = (text: string, blocks: number, overrides: Partial<StatementStatistics> = {}): StatementStatistics => statistics(text, { calls: 2, sharedBlocksHit: blocks, rows: 0, ...overrides });
const pieces = (...entries: StatementStatistics[]): string[] =>
  piecesOfWork(entries).map(({ row, queryIds }) => `${row.text?.slice(0, 20)} | ${row.calls} calls | ${row.sharedBlocksHit} blocks | ${row.rows} rows | ${queryIds.length} entries${row.toplevel ? '' : ' | nested'}`);

describe('pieces of work', () => {
  test('what is fetched from a cursor is the work of its declaration', () => {
    expect(pieces(entry(`DECLARE "Report" CURSOR FOR ${QUERY}`, 0), entry('FETCH FORWARD 0 FROM "Report"', 900, { calls: 40, rows: 80_000 }), entry('fetch 10 from "Report"', 100, { rows: 20 }), entry('CLOSE "Report"', 0))).toEqual([
      'DECLARE "Report" CUR | 2 calls | 1000 blocks | 80020 rows | 4 entries',
    ]);
  });

  test('of two cursors of one name nothing tells whose it is', () => {
    expect(pieces(entry(`declare c1 cursor for ${QUERY}`, 0), entry('declare C1 cursor for SELECT 1 FROM app.task', 0), entry('FETCH ALL IN c1', 900))).toHaveLength(3);
  });

  test('of another role it is another cursor', () => {
    expect(pieces(entry(`DECLARE c1 CURSOR FOR ${QUERY}`, 0), entry('FETCH ALL FROM c1', 900, { role: 'case_app' }))).toHaveLength(2);
  });

  test('the entry of the query within a utility statement is the same work', () => {
    const outer = entry(`COPY (${QUERY.replace('GROUP', "WHERE status = '?' GROUP")}) TO STDOUT`, 500);
    const inner = entry(`/* nightly */ COPY (${QUERY.replace('GROUP', 'WHERE status = $1 GROUP')}) TO STDOUT`, 500, { toplevel: false });
    expect(pieces(outer, inner)).toEqual(['/* nightly */ COPY ( | 2 calls | 500 blocks | 0 rows | 2 entries']);
  });

  test('the entry that holds the work of a cursor a second time is left out where the first is known', () => {
    expect(pieces(entry(`DECLARE c1 CURSOR FOR ${QUERY}`, 0), entry(`DECLARE c1 CURSOR FOR ${QUERY}`, 900, { toplevel: false }), entry('FETCH ALL FROM c1', 900))).toEqual(['DECLARE c1 CURSOR FO | 2 calls | 900 blocks | 0 rows | 3 entries']);
  });

  test('a plain statement that a function runs too is two pieces', () => {
    expect(pieces(entry(QUERY, 10), entry(QUERY, 20, { toplevel: false }))).toHaveLength(2);
  });

  test('entries without a text, and with broken ones, stay as they are', () => {
    const entries = [entry('', 1), statistics('x', { text: null, textState: 'hidden' }), entry('FETCH', 1), entry('declare "', 1), entry('/* open', 1)];
    expect(piecesOfWork(entries).map(({ row }) => row)).toEqual(entries);
  });
});
