import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordsOf, withoutKeys, type ReloadAnswer } from '../../../src/cli/fix/reload/answer.js';
import { reloadPage } from '../../../src/cli/fix/reload/page.js';
import { KEYS_MAX, scopeOf, type Scope } from '../../../src/cli/fix/reload/scope.js';
import { reloadScript, type ReloadScript } from '../../../src/cli/fix/reload/sql.js';
import { ENGINES, type Engine } from '../../../src/model/store.js';
import type { PairPlan, PlannedColumn, PlannedSide } from '../../../src/reconcile/keys/types.js';
import { createPage } from '../../../src/report/layout/page.js';
import { NULL_TEXT, ownCommonForm } from '../../../src/stores/expressions/common.js';
import type { ColumnForm } from '../../../src/stores/expressions/expression.js';
import { expressionsOf } from '../../../src/stores/expressions/index.js';
import { difference, pairReport } from '../reconcile/reports.js';

beforeAll(loadModule);

function column(name: string, form: ColumnForm, target = name): PlannedColumn {
  return { source: name, target, decimals: null, sourceForm: form, targetForm: form, form: ownCommonForm(form), text: form.kind };
}

const TIME: ColumnForm = { kind: 'timestamp', zoned: true, digits: 6 };

function plan({ source = 'postgres', target = 'duckdb', ...overrides }: { source?: Engine; target?: Engine } & Partial<Omit<PairPlan, 'source' | 'target'>> = {}, deleted: PlannedSide['deleted'] = null): PairPlan {
  const side = { version_num: 180000, kind: 'table' as const, living: null, rows_expected: null, indexed: false, file: null, scan: { by: 'whole' as const } };
  return {
    pair: {
      name: 'orders', period: 'day', periods: 14, sums: [], tolerance_ratio: 0, product: null, provisional_seconds: null, key: null, columns: null, except: [], watermark: null, every_seconds: null,
      source: { store: 'production', relation: 'shop.orders', query: null, time_column: 'placed_at', deleted_column: null },
      target: { store: 'warehouse', relation: 'raw.orders', query: null, time_column: 'placed_at', deleted_column: null },
    },
    source: { ...side, which: 'source', store: 'production', engine: source, place: 'production: shop.orders', from: '"shop"."orders" as t', deleted: null },
    target: { ...side, which: 'target', store: 'warehouse', engine: target, place: 'warehouse: raw.orders', from: '"raw"."orders" as t', deleted },
    key: [column('order_id', { kind: 'integer' })],
    columns: [column('status', { kind: 'text', padded: false }), column('receipt', { kind: 'bytes' }), column('placed_at', TIME)],
    leftOut: [], order: 'range', unique: true, watermark: null, changed: null, time: column('placed_at', TIME), notes: [],
    ...overrides,
  };
}

const differs = pairReport({
  state: 'differs',
  counts: [{ kind: 'missing', standing: 'confirmed', keys: 1 }, { kind: 'extra', standing: 'confirmed', keys: 1 }, { kind: 'changed', standing: 'candidate', keys: 2 }],
  differences: [difference({ key: ['17'] }), difference({ kind: 'extra', key: ['99'] })],
});
const KEYS: Scope = { by: 'keys', fill: [['17']], remove: [['17'], ['99']] };

function script(given: PairPlan, scope: Scope = KEYS, columns = ['order_id', 'status', 'receipt', 'placed_at', '_loaded_at']): ReloadScript {
  return reloadScript(differs, given, scope, { source: expressionsOf(given.source.engine), target: expressionsOf(given.target.engine) }, columns);
}

describe('which rows are loaded anew', () => {
  test('the confirmed keys, where all of them are known', () => {
    expect(scopeOf(differs, plan())).toEqual(KEYS);
  });

  test('a row under another key goes there and is loaded under its own', () => {
    const rekeyed = pairReport({ state: 'differs', counts: [{ kind: 'rekeyed', standing: 'confirmed', keys: 1 }], differences: [difference({ kind: 'rekeyed', key: ['7'], other_key: ['9007'] })] });
    expect(scopeOf(rekeyed, plan())).toEqual({ by: 'keys', fill: [['7']], remove: [['7'], ['9007']] });
  });

  test('the periods that differ, where the keys are too many, and all where no period tells', () => {
    const many = { ...differs, counts: [{ kind: 'missing' as const, standing: 'confirmed' as const, keys: KEYS_MAX + 1 }] };
    const periods = [{ period: '2026-11-20', source_rows: 9, target_rows: 0, equal: false, late: false, sums: [] }, { period: '2026-11-21', source_rows: 9, target_rows: 1, equal: false, late: true, sums: [] }];
    expect(scopeOf({ ...many, periods }, plan())).toEqual({ by: 'periods', periods: ['2026-11-20'] });
    expect(scopeOf(many, plan({ time: null }))).toEqual({ by: 'all' });
  });

  test('nothing, where nothing is confirmed', () => {
    expect(scopeOf(pairReport({ state: 'unconfirmed', counts: [{ kind: 'missing', standing: 'candidate', keys: 4 }] }), plan())).toBeNull();
  });
});

describe('the statements', () => {
  test('from PostgreSQL into DuckDB', () => {
    const answer: ReloadAnswer = { schemaVersion: 1, tool: { name: 'tidemark', version: '0.1.0' }, takenAt: '2026-11-21T14:02:40.000Z', pairs: [{ name: 'orders', state: 'differs', reload: script(plan()), because: null }] };
    expect(reloadPage(createPage(80, false), answer, { quiet: false }).join('\n')).toMatchInlineSnapshot(`
      "-- Nothing has been run. Statements for 1 of 1 pair.

      -- orders: 2 keys to load anew or to remove
      -- orders.csv is what COPY sends or takes: psql with its output or input in that
      -- file
      -- orders.csv is read from the folder in which duckdb runs
      -- columns of the target that are not compared get their defaults: _loaded_at
      -- 2 more keys differ and are not confirmed: not in here

      -- 1. on production (postgres): take the rows out
      COPY (SELECT "order_id", "status", encode("receipt", 'hex') AS "receipt", "placed_at" AT TIME ZONE 'UTC' AS "placed_at" FROM "shop"."orders" as t
      WHERE "order_id" = '17'::bigint) TO STDOUT WITH (FORMAT csv, HEADER true);

      -- 2. on warehouse (duckdb): put them in
      CREATE TEMP TABLE tidemark_reload AS SELECT * FROM read_csv('orders.csv', header = true, all_varchar = true, allow_quoted_nulls = false);
      BEGIN;
      DELETE FROM "raw"."orders"
      WHERE "order_id" IN ('17'::bigint, '99'::bigint);
      INSERT INTO "raw"."orders" ("order_id", "status", "receipt", "placed_at")
      SELECT "order_id", "status", unhex("receipt"), CAST("placed_at" || '+00' AS TIMESTAMPTZ) FROM tidemark_reload;
      COMMIT;
      DROP TABLE tidemark_reload;"
    `);
    expect(JSON.stringify(withoutKeys(answer))).not.toMatch(/'17'|'99'/);
    expect(recordsOf(answer)).toHaveLength(2);
  });

  test.each(ENGINES.filter((engine) => engine !== 'duckdb'))('into %s keep their order: stage, delete, insert', (target) => {
    const { statements } = script(plan({ target })).target;
    const [stage, remove, insert] = ['tidemark_reload', 'DELETE FROM', 'INSERT INTO'].map((words) => statements.findIndex((sql) => sql.includes(words) && (words !== 'INSERT INTO' || sql.includes('SELECT'))));
    expect(stage).toBe(0);
    expect(remove).toBeGreaterThan(0);
    expect(statements.findLastIndex((sql) => sql.startsWith('INSERT INTO'))).toBeGreaterThan(remove ?? 0);
    expect(insert).toBeGreaterThan(0);
    const begun = statements.findIndex((sql) => sql.startsWith('BEGIN'));
    expect(begun === -1 || (begun < (remove ?? 0) && statements.some((sql) => sql.startsWith('COMMIT')))).toBe(true);
  });

  test.each([KEYS, { by: 'periods', periods: ['2026-11-20', '2026-11-21', '2026-11-25'] }, { by: 'all' }] satisfies Scope[])('of PostgreSQL on both sides are taken by its parser: %j', (scope) => {
    const { source, target } = script(plan({ target: 'postgres' }), scope);
    for (const sql of [...source.statements, ...target.statements]) expect(parseSync(sql).stmts).toHaveLength(1);
  });

  test.each(ENGINES)('into %s keep what nothing fills of a row that both sides have', (target) => {
    const changed = pairReport({ state: 'differs', counts: [{ kind: 'changed', standing: 'confirmed', keys: 1 }], differences: [difference({ kind: 'changed', key: ['99'], target_rows: 1 }), difference({ key: ['17'] })] });
    const scope = scopeOf(changed, plan({ target }));
    expect(scope).toEqual({ by: 'keys', fill: [['99'], ['17']], remove: [['99'], ['17']], keep: [['99']] });
    const { target: { statements }, notes } = script(plan({ target }), scope ?? KEYS);
    const at = (...words: string[]): number => statements.findIndex((sql) => words.every((word) => sql.includes(word)));
    expect(at('tidemark_kept AS SELECT', '_loaded_at')).toBeLessThan(at('DELETE FROM'));
    expect(at('INSERT INTO', '_loaded_at', 'JOIN tidemark_kept')).toBeGreaterThan(at('DELETE FROM'));
    expect(statements.at(-1)).toBe('DROP TABLE tidemark_kept');
    expect(notes).toContain('columns of the target that are not compared stay as they are in rows that it has, and get their defaults in others: _loaded_at');
    if (target === 'postgres') for (const sql of statements) expect(parseSync(sql).stmts).toHaveLength(1);
  });

  test('carry bytes as digits, also into a text of any bytes', () => {
    const receipt: PlannedColumn = { ...column('receipt', { kind: 'bytes' }), targetForm: { kind: 'text', padded: false, bytes: true } };
    const { source, target } = script(plan({ target: 'clickhouse', columns: [receipt] }));
    expect(source.statements[0]).toContain(`encode("receipt", 'hex') AS "receipt"`);
    expect(target.statements.find((sql) => sql.includes('SELECT "order_id", unhex('))).toContain('unhex("receipt") FROM tidemark_reload');
  });

  test('by period join days that follow each other, and say to stop the loader', () => {
    const { source, notes } = script(plan(), { by: 'periods', periods: ['2026-11-21', '2026-11-20', '2026-11-25'] });
    expect(source.statements[0]?.match(/"placed_at" >=/g)).toHaveLength(2);
    expect(notes).toContain('rows that arrive meanwhile may be loaded twice: stop the loader of this target first, and let it go on afterwards');
  });

  test('say of what is loaded anew that it is not deleted, as a reader of the mark expects', () => {
    const { target, notes } = script(plan({}, { column: '_fivetran_deleted', by: 'true', convention: 'Fivetran' }), KEYS, ['order_id', 'status', 'receipt', 'placed_at', '_fivetran_deleted']);
    expect(target.statements.find((sql) => sql.startsWith('INSERT'))).toMatch(/"placed_at", "_fivetran_deleted"\)\nSELECT .*, false FROM tidemark_reload$/);
    expect(notes.join()).not.toContain('_fivetran_deleted');
  });

  test('mark what is too many where the target marks its deletes, and fill nothing for it', () => {
    const marks = plan({}, { column: '__deleted', by: 'text', convention: 'Debezium' });
    const only = script(marks, { by: 'keys', fill: [], remove: [['99']] });
    expect(only.source.statements).toEqual([]);
    expect(only.target.statements[1]).toMatch(/^UPDATE "raw"."orders" SET "__deleted" = 'true'\nWHERE "order_id" = /);
    expect(only.target.statements.join('\n')).not.toMatch(/DELETE|INSERT|tidemark_reload/);
  });

  test('are not shown where a terminal would make other rows of their keys', () => {
    const odd = plan({ key: [column('sku\u001b[31m', { kind: 'text', padded: false })], order: 'digest' });
    const reload = script(odd, { by: 'keys', fill: [], remove: [['tea']] });
    const text = reloadPage(createPage(100, false), { schemaVersion: 1, tool: { name: 'tidemark', version: '0.1.0' }, takenAt: '', pairs: [{ name: 'orders', state: 'differs', reload, because: null }] }, { quiet: true }).join('\n');
    expect(text).not.toContain('DELETE');
    expect(text).toContain('--format json --show-keys has them');
  });

  test('name rows by several columns, NULL among them, whatever stands in a name or a key', () => {
    const odd = plan({ key: [column('ten"ant', { kind: 'text', padded: false }), column('sku', { kind: 'text', padded: false })], order: 'digest' });
    const { source } = script(odd, { by: 'keys', fill: [["o'clock", NULL_TEXT], ['b\u001b[31m', 'tea']], remove: [] });
    expect(source.statements[0]).toContain(`("ten""ant" = `);
    expect(source.statements[0]).toContain('"sku" IS NULL');
    expect(parseSync(source.statements[0] ?? '').stmts).toHaveLength(1);
  });
});
