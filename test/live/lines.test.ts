import { describe, expect, test } from 'vitest';
import { linesFor, momentText } from '../../src/live/lines.js';
import { changeRecords, stateRecord } from '../../src/live/ndjson.js';
import type { LiveView, ObjectiveView, State } from '../../src/model/live.js';
import { blindView, caseworkView, emptyView, NOW } from '../tui/view.js';

function objective(state: State, change: Partial<ObjectiveView> = {}): ObjectiveView {
  return {
    id: 'freshness/payments', kind: 'freshness', name: 'payments freshness', target: '≤ 60 s', now: state === 'unknown' ? null : '118 s', state, detail: '', since: NOW, history: null, limit: 60, budget: null,
    sentence: 'payments is 118 s old where 60 s are promised; look at the loader of raw.payment', screen: 'freshness', subject: 'payments', ...change,
  };
}

function view(after_seconds: number, objectives: ObjectiveView[], change: Partial<LiveView> = {}): LiveView {
  return { ...emptyView, at: NOW + after_seconds, target: 'warehouse', objectives, ...change };
}

describe('plain lines', () => {
  test('say at the first look what stands badly, and the rest in one line', () => {
    expect(linesFor(null, caseworkView)).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:47:23Z watching: production and warehouse.",
        "2026-11-21T14:47:23Z cannot look (pipeline-runs): warehouse.duckdb is locked by its loader (process 4711); wait, or let the loader close the file between its runs; reading goes on by itself.",
        "2026-11-21T14:47:23Z cannot look (wal-directory): production: permission denied for function pg_ls_waldir. GRANT pg_monitor TO tidemark_ro;",
        "2026-11-21T14:47:23Z breach: case_backlog_daily is 118 s old where 60 s are promised: the warehouse writes 76 s after it received; look at the loader of case_events.",
        "2026-11-21T14:47:23Z warning: slot shop_orders holds 1.9 GiB of WAL and is lost at 17:28 at the present rate; its consumer is connected and slow.",
        "2026-11-21T14:47:23Z warning: ledger lacks 3 rows of 2026-11-20 in the warehouse; they are below the watermark, so they are lost, not late.",
        "2026-11-21T14:47:23Z warning: metabase card 118 began to aggregate app.case_file on production at 14:39.",
        "2026-11-21T14:47:23Z ok: order_funnel is 41 s old.",
        "2026-11-21T14:47:23Z ok: replica-1 follows.",
        "2026-11-21T14:47:23Z ok: orders is equal on both sides.",
        "2026-11-21T14:47:23Z ok: no transaction is open for long.",
      ]
    `);
    const many = Array.from({ length: 30 }, (_, index) => objective('ok', { id: `freshness/p${index}` }));
    expect(linesFor(null, view(0, many))).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:47:23Z watching: production and warehouse.",
        "2026-11-21T14:47:23Z ok: 30 objectives hold at the first look.",
      ]
    `);
  });

  test('say each change of state once, with what it was before', () => {
    const before = view(0, [objective('ok')]);
    const after = view(1, [objective('breach', { since: NOW + 1 })]);
    expect(linesFor(before, after)).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:47:24Z breach, was ok: payments is 118 s old where 60 s are promised; look at the loader of raw.payment.",
      ]
    `);
    expect(linesFor(after, view(2, [objective('breach', { since: NOW + 1, now: '119 s', sentence: 'payments is 119 s old' })]))).toEqual([]);
    expect(linesFor(after, view(60, [objective('ok', { since: NOW + 60, sentence: 'payments is 12 s old' })]))).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:48:23Z ok, was breach: payments is 12 s old.",
      ]
    `);
  });

  test('say that something is gone', () => {
    expect(linesFor(view(0, [objective('breach')]), view(1, []))).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:47:24Z gone: payments freshness is not there any more; it was breach.",
      ]
    `);
  });

  test('are silent about unknown before the first look, and say it when it lasts, once', () => {
    const unknown = objective('unknown', { sentence: 'payments has not been read yet' });
    const views = [0, 1, 5, 19, 20, 21, 60].map((seconds) => view(seconds, [unknown]));
    const told = views.flatMap((next, index) => linesFor(views[index - 1] ?? null, next));
    expect(told).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:47:23Z watching: production and warehouse.",
        "2026-11-21T14:47:43Z unknown: payments has not been read yet.",
      ]
    `);
    // An answer before that is the first look, not a change.
    expect(linesFor(view(2, [unknown]), view(3, [objective('ok', { since: NOW + 3, sentence: 'payments is 12 s old' })]))).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:47:26Z ok: payments is 12 s old.",
      ]
    `);
    expect(linesFor(view(60, [unknown]), view(61, [objective('ok', { since: NOW + 61, sentence: 'payments is 12 s old' })]))).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:48:24Z ok, was unknown: payments is 12 s old.",
      ]
    `);
  });

  test('say at once what becomes unknown, and what cannot be looked at, once for each cause', () => {
    const down = { ...blindView, at: NOW + 200, events: [] };
    const lines = linesFor(caseworkView, down);
    expect(lines.slice(0, 3)).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:50:43Z cannot look (replication, activity, statements, publications, wal-directory): production: connection refused at db.casework.example:5432; start the server or correct its address; watching goes on by itself.",
        "2026-11-21T14:50:43Z cannot look (watermarks, pipeline-runs): production: connection refused at db.casework.example:5432; start the server or correct its address; watching goes on by itself.",
        "2026-11-21T14:50:43Z unknown, was breach: production: connection refused at db.casework.example:5432: start the server or correct its address; watching goes on by itself.",
      ]
    `);
    expect(lines.filter((line) => line.includes('unknown, was'))).toHaveLength(8);
    expect(linesFor(down, { ...down, at: down.at + 1 })).toEqual([]);
    expect(linesFor(down, { ...caseworkView, at: NOW + 300 }).filter((line) => line.includes('looking again'))).toMatchInlineSnapshot(`
      [
        "2026-11-21T14:52:23Z looking again: production answers (replication, activity, statements, publications, wal-directory).",
        "2026-11-21T14:52:23Z looking again: warehouse answers (watermarks, pipeline-runs).",
      ]
    `);
  });

  test('carry nothing that a terminal or a screen reader would stumble over', () => {
    const hostile = objective('breach', { sentence: 'a\u001b[31m\u202eb\nc\u200d ends', name: '\u001b]0;title\u0007x' });
    const lines = [...linesFor(null, view(0, [hostile])), ...linesFor(view(0, [hostile]), view(1, []))];
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}●▲✖◌]/u);
    expect(lines[1]).toBe('2026-11-21T14:47:23Z breach: ab c ends.');
  });
});

describe('ndjson', () => {
  test('has the same changes as the lines, with sorted keys', () => {
    const records = changeRecords(view(0, [objective('ok')]), view(1, [objective('breach', { since: NOW + 1 })]));
    expect(records).toMatchInlineSnapshot(`
      [
        "{"at":1795272444,"detail":"","from":"ok","id":"freshness/payments","kind":"freshness","name":"payments freshness","now":"118 s","schemaVersion":1,"sentence":"payments is 118 s old where 60 s are promised; look at the loader of raw.payment","since":1795272444,"target":"≤ 60 s","to":"breach","type":"change"}",
      ]
    `);
    expect(changeRecords(view(0, [objective('breach')]), view(1, [])).map((line): unknown => JSON.parse(line))).toMatchObject([{ type: 'change', from: 'breach', to: null, since: null }]);
  });

  test('gives the whole state without histories, in one line with a version', () => {
    const record = stateRecord(caseworkView);
    const parsed: unknown = JSON.parse(record);
    expect(record).not.toContain('\n');
    expect(record).not.toMatch(/"(history|over)"/);
    expect(parsed).toMatchObject({ type: 'state', schemaVersion: 1, source: 'production', counts: { breach: 1, warning: 3, unknown: 1, ok: 4 } });
    expect(parsed).toHaveProperty('streams[0].lag.value', 32_400);
    expect(record).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

test('a moment that no calendar has does not end the run: control tables hold what they like', () => {
  expect(momentText(1_795_314_182.9)).toBe('2026-11-22T02:23:02Z');
  expect(momentText(9.2e12)).toBe('+275760-09-13T00:00:00Z');
});
