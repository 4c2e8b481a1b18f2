import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { workloadPage, type PageOptions } from '../../../src/cli/workload/page.js';
import { recordsOf } from '../../../src/cli/workload/write.js';
import { viewOf } from '../../../src/cli/workload/view.js';
import { createPage } from '../../../src/report/layout/page.js';
import { sortedJson } from '../../../src/report/layout/sorted-json.js';
import { BY, SORTS } from '../../../src/cli/workload/options.js';
import type { WorkloadReport } from '../../../src/model/workload.js';
import { hostileText } from '../../report/hostile-report.js';
import { caseworkWorkload, production, warehouse } from './casework-workload.js';

function lines(width: number, options: Partial<PageOptions> = {}, report = caseworkWorkload, color = false): string[] {
  return workloadPage(createPage(width, color), { whole: report, chosen: report }, { by: null, sort: 'blocks', filters: {}, limit: 20, quiet: false, ...options });
}

function shown(...args: Parameters<typeof lines>): string {
  return lines(...args).map((line) => `${line}\n`).join('');
}

describe('the page', () => {
  test.each([120, 80])('at %i columns', async (width) => {
    await expect(shown(width)).toMatchFileSnapshot(`golden/casework-${width}.txt`);
  });

  test.each([120, 80])('of each list at %i columns', async (width) => {
    const lists = (['consumer', 'role', 'relation', 'day', 'class'] as const).map((by) => shown(width, { by, filters: { store: 'production' } }));
    await expect(lists.join('\n————\n\n')).toMatchFileSnapshot(`golden/lists-${width}.txt`);
  });

  test('when only little is wanted has the sentence, what would free most, and what was not looked at', () => {
    expect(shown(80, { quiet: true, filters: { store: 'production' } })).toMatchInlineSnapshot(`
      "Reporting is 40 % of block reads on production: 86 % of time,
      over 99 % of temp files, 0 % of WAL; 3 of 7 statements. Another 22 % is mixed.
      From 2026-09-01 to 2026-11-21, 81 days.
        Confidence in these numbers: 80 %
        - 14 entries were evicted: what they had counted is lost, so that the numbers
          are lower bounds
        - the texts of 3 statements are hidden: GRANT pg_read_all_stats TO
          tidemark_ro;

      What would free most
        1  Move metabase card 118 Backlog by age to the warehouse
           frees 31 % of block reads, 45 % of time, 90 % of temp files · owner
           Operations Analytics · app.case_file, app.transition · 95 % sure
        2  Load app.case_file for role warehouse_loader from a replica or by logical
           replication
           frees 0.3 % of block reads, 23 % of time · owner Data Platform ·
           app.case_file · 70 % sure
           run CREATE PUBLICATION casework FOR TABLE app.case_file;

      Not looked at, so not counted as clean (1)
        ◌ nothing seen  replica: everything: connection refused at
                        replica.internal:5432
                      → check that the server runs and that this machine may reach it,
                        then run again
      "
    `);
  });

  test('begins with what the list is sorted by', () => {
    const heads = SORTS.map((sort) => {
      const own = lines(120, { by: 'statement', sort, filters: { store: 'production' } });
      const at = own.findIndex((line) => line.startsWith('Statements'));
      return `${own[at]} |${own[at + 1]?.replace(/ +/g, ' ')}|${own[at + 2]?.replace(/ +/g, ' ')}`;
    });
    expect(heads).toMatchInlineSnapshot(`
      [
        "Statements, by blocks | blocks calls blocks a call mean time class sure consumer role| 34 % 88,400,000 5 0.04 ms operational 95 % role case_app",
        "Statements, by time | time calls blocks a call mean time class sure consumer role| 45 % 23,328 17,101 1.2 s analytical 97 % metabase card 118 Backlog by age metabase_ro",
        "Statements, by calls | blocks calls blocks a call mean time class sure consumer role| 34 % 88,400,000 5 0.04 ms operational 95 % role case_app",
        "Statements, by temp | temp calls temp a call mean time class sure consumer role| 90 % 23,328 48 MiB 1.2 s analytical 97 % metabase card 118 Backlog by age metabase_ro",
        "Statements, by WAL | WAL calls WAL a call mean time class sure consumer role| 100 % 6,120,000 412 B 0.21 ms operational 95 % role case_app",
        "Statements, by name | blocks calls blocks a call mean time class sure consumer role| 8.2 % 116,640 910 96 ms analytical 88 % grafana panel Live backlog / Licences by grafana_ro",
      ]
    `);
  });

  test('says what is cut, and how to see it', () => {
    expect(shown(80, { limit: 2 })).toContain('Statements, by blocks (2 of 7)');
    expect(shown(80, { limit: 2 })).toContain('… and 5 more; --limit all shows them');
    expect(shown(80, { limit: Number.POSITIVE_INFINITY })).not.toContain('--limit');
  });

  test('of nothing says so', () => {
    expect(shown(80, {}, { ...caseworkWorkload, stores: [], gaps: [], assumptions: [] })).toContain('There is nothing to divide');
  });

  test('of a store on which nothing ran between two looks says that, and not that nothing was counted', () => {
    const idle = { ...production, total: { ...production.total, calls: 0 }, classes: warehouse.classes };
    expect(shown(120, {}, { ...caseworkWorkload, stores: [idle] })).toContain('Nothing ran on production from 2026-09-01 to 2026-11-21, 81 days.');
  });

  test('leaves out what the server does not count', () => {
    const unknown = { time: 0.5, blocks: 0.5, temp: 0.5, wal: null };
    const old = { ...production, classes: production.classes.map((one) => ({ ...one, work: { ...one.work, wal_bytes: null }, share: unknown })) };
    const page = shown(120, { by: 'class' }, { ...caseworkWorkload, stores: [old] });
    expect(page).not.toContain('WAL');
    expect(page).not.toContain('–');
  });
});

describe('a filter that matches nothing', () => {
  test.each([
    [{ role: 'metabse_ro' }, "No role matches 'metabse_ro'; did you mean 'metabase_ro'? Roles: analyst_ro, case_app, grafana_ro, metabase_ro, warehouse_loader."],
    [{ relation: 'shop.*' }, "No relation matches 'shop.*'. Relations: analytics.case_fact, app.case_file, app.licence, app.task, app.transition."],
    [{ consumer: 'metabase card 9*' }, "No consumer matches 'metabase card 9*'. Consumers: grafana panel Live backlog / Licences by 事務所, metabase card 118 Backlog by age, reports/monthly.sql, role analyst_ro, role case_app, role warehouse_loader."],
    [{ store: 'replica' }, "No store matches 'replica'. Stores: production, warehouse."],
    [{ store: 'warehouse', class: 'mixed' as const }, 'No statement is mixed. There are: 1 analytical.'],
    [{ role: 'case_app', relation: 'app.licence' }, 'No statement fits all filters at once, though each of them alone fits some.'],
  ])('%o says so, with what there is', (filters, expected) => {
    expect(shown(400, { filters })).toContain(expected);
  });
});

describe('lists', () => {
  test('are sorted by what was asked for, the heaviest first, and by name', () => {
    const ids = (sort: (typeof SORTS)[number]): string => viewOf(caseworkWorkload, { filters: { store: 'production' }, sort }).stores.flatMap(({ statements }) => statements.map(({ id }) => id)).join(' ');
    expect(Object.fromEntries(SORTS.map((sort) => [sort, ids(sort)]))).toEqual({
      blocks: 'e5 a1 d4 b2 f6 c3 g7',
      time: 'a1 c3 b2 d4 e5 f6 g7',
      calls: 'e5 f6 d4 b2 a1 c3 g7',
      temp: 'a1 b2 g7 c3 d4 e5 f6',
      wal: 'f6 a1 c3 b2 d4 g7 e5',
      name: 'b2 a1 g7 f6 e5 d4 c3',
    });
  });

  test('of groups go by their analytical part', () => {
    const names = viewOf(caseworkWorkload, { filters: { store: 'production' }, sort: 'time' }).stores.flatMap(({ byRole }) => byRole.map(({ name }) => name));
    expect(names).toEqual(['metabase_ro', 'warehouse_loader', 'grafana_ro', 'case_app', 'analyst_ro']);
  });
});

describe('ndjson', () => {
  const types = (by: (typeof BY)[number] | null): string[] => [...new Set(recordsOf(caseworkWorkload, by).map((record) => ('type' in record ? String(record.type) : '')))];

  test('has a type on every line, and with --by only that list', () => {
    expect(types(null)).toEqual(['workload', 'store', 'class', 'consumer', 'role', 'relation', 'day', 'change', 'statement', 'gap', 'assumption']);
    expect(types('role')).toEqual(['workload', 'store', 'role', 'gap', 'assumption']);
  });

  test('names the store in each row', () => {
    const rows = recordsOf(caseworkWorkload, 'statement').filter((record) => 'type' in record && record.type === 'statement');
    expect(rows).toHaveLength(8);
    for (const row of rows) expect(row).toHaveProperty('store', expect.stringMatching(/^(production|warehouse)$/));
  });
});

describe('whatever the texts', () => {
  const printable = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]*$/u;
  const hostile: fc.Arbitrary<WorkloadReport> = fc.array(hostileText, { minLength: 6, maxLength: 6 }).map((texts) => {
    let next = 0;
    const report = structuredClone(caseworkWorkload);
    replaceTexts(report, () => texts[next++ % texts.length] ?? '');
    return report;
  });
  const pages = fc.record({ by: fc.constantFrom(null, ...BY), sort: fc.constantFrom(...SORTS), limit: fc.constantFrom(1, 20, Number.POSITIVE_INFINITY), quiet: fc.boolean() });

  test('nothing but what is seen leaves, and no line is wider than the page', () => {
    fc.assert(
      fc.property(hostile, pages, fc.integer({ min: 60, max: 120 }), (report, options, width) => {
        for (const line of lines(width, options, report)) {
          expect(line).toMatch(printable);
          expect(stringWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('whatever the numbers, too', () => {
    const number = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e18, noNaN: true }), fc.integer({ min: 0, max: 2 ** 31 - 1 }));
    fc.assert(
      fc.property(fc.array(number, { minLength: 12, maxLength: 12 }), pages, fc.integer({ min: 60, max: 120 }), (numbers, options, width) => {
        let next = 0;
        const report = structuredClone(caseworkWorkload);
        replaceNumbers(report, () => numbers[next++ % numbers.length] ?? 0);
        for (const line of lines(width, options, report)) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 300 },
    );
  });

  test('colour only repeats what the words say', () => {
    // oxlint-disable-next-line no-control-regex
    expect(shown(80, {}, caseworkWorkload, true).replace(/\u001B\[\d+m/g, '')).toBe(shown(80));
  });

  test('a line of JSON stays a line', () => {
    fc.assert(fc.property(hostile, (report) => {
      for (const record of recordsOf(report, null)) expect(sortedJson(record)).toMatch(printable);
    }));
  });

  /** What the types fix. */
  const FIXED = new Set(['class', 'severity', 'takenAt', 'since', 'until', 'from', 'role']);

  function replaceTexts(value: object, replacement: () => string): void {
    for (const [key, inner] of Object.entries(value)) {
      if (FIXED.has(key)) continue;
      if (typeof inner === 'string') Reflect.set(value, key, replacement());
      else if (typeof inner === 'object' && inner !== null) replaceTexts(inner, replacement);
    }
  }

  function replaceNumbers(value: object, replacement: () => number): void {
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'schemaVersion') continue;
      if (typeof inner === 'number') Reflect.set(value, key, key === 'confidence' || key === 'factor' ? 0.5 : replacement());
      else if (typeof inner === 'object' && inner !== null) replaceNumbers(inner, replacement);
    }
  }
});
