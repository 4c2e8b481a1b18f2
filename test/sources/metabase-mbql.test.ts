import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { source } from '../../src/sources/metabase.js';
import { fixtures, readValues } from './fixture.js';

beforeAll(loadModule);

const metadata: unknown = JSON.parse(readFileSync(join(fixtures, 'metabase/database-2-metadata.json'), 'utf8'));

/** Fields of the fixture's case_file: 101 id, 102 reference, 103 status, 104 opened_at, 105 closed_at, 106 officer_id, 107 fee, 108 received_on. */
const REFERENCE = ['field', 102, null];
const STATUS = ['field', 103, null];
const OPENED = ['field', 104, null];
const FEE = ['field', 107, null];
const RECEIVED = ['field', 108, null];

function question(query: object, others: Record<string, unknown> = {}): CollectedQuery {
  const dataset = 'stages' in query ? { 'lib/type': 'mbql/query', database: 2, ...query } : { type: 'query', database: 2, query };
  const read = readValues(source, { 'metadata.json': metadata, ...others, 'card.json': { id: 900, name: 'Asked', dataset_query: dataset } });
  const found = read.find(({ id }) => id.endsWith(':900'));
  if (found === undefined) throw new Error('the question was not read');
  for (const { sql } of found.variants) parseSync(sql);
  return found;
}

function sqlOf(query: object): string {
  return question(query).variants[0]?.sql ?? '';
}

/** The condition that a filter on case_file becomes, without the name of the table. */
function where(filter: unknown): string {
  const sql = sqlOf({ 'source-table': 10, aggregation: [['count']], filter });
  return (sql.split(' WHERE ')[1] ?? '').replaceAll('"app"."case_file".', '');
}

/** The select list of an aggregation on case_file. */
function aggregate(aggregation: unknown, extra: object = {}): string {
  return sqlOf({ 'source-table': 10, aggregation: [aggregation], ...extra })
    .replace(/^SELECT /, '')
    .replace(/ FROM .*$/, '')
    .replaceAll('"app"."case_file".', '');
}

describe('a question', () => {
  test('without aggregation shows the columns of its table, up to the rows that Metabase asks for', () => {
    expect(sqlOf({ 'source-table': 12 })).toBe(
      'SELECT "app"."officer"."id" AS "id", "app"."officer"."name" AS "name", "app"."officer"."team" AS "team" FROM "app"."officer" LIMIT 2000',
    );
    expect(sqlOf({ 'source-table': 12, fields: [['field', 122, null]], limit: 5 })).toBe(
      'SELECT "app"."officer"."name" AS "name" FROM "app"."officer" LIMIT 5',
    );
  });

  test('shows no column that Metabase hides', () => {
    expect(sqlOf({ 'source-table': 10 })).not.toContain('scoring_notes');
  });

  test('with groups orders by them, unless it orders by them itself', () => {
    const grouped = { 'source-table': 12, aggregation: [['count']], breakout: [['field', 123, null]] };
    expect(sqlOf(grouped)).toBe(
      'SELECT "app"."officer"."team" AS "team", COUNT(*) AS "count" FROM "app"."officer" GROUP BY "app"."officer"."team" ORDER BY "app"."officer"."team" ASC',
    );
    expect(sqlOf({ ...grouped, 'order-by': [['desc', ['aggregation', 0]]] })).toMatch(/ORDER BY "count" DESC, "app"\."officer"\."team" ASC$/);
    expect(sqlOf({ ...grouped, 'order-by': [['desc', ['field', 123, null]]] })).toMatch(/ORDER BY "app"\."officer"\."team" DESC$/);
  });

  test('is the same in both serialisations', () => {
    const old = {
      'source-table': 10,
      aggregation: [['sum', FEE], ['distinct', REFERENCE]],
      breakout: [['field', 104, { 'temporal-unit': 'month' }]],
      filter: ['and', ['=', STATUS, 'OPEN'], ['>', FEE, 5]],
      'order-by': [['desc', ['aggregation', 0]]],
    };
    const recent = {
      stages: [
        {
          'lib/type': 'mbql.stage/mbql',
          'source-table': 10,
          aggregation: [['sum', { 'lib/uuid': 'u1' }, ['field', {}, 107]], ['distinct', { 'lib/uuid': 'u2' }, ['field', {}, 102]]],
          breakout: [['field', { 'temporal-unit': 'month' }, 104]],
          filters: [['=', {}, ['field', {}, 103], 'OPEN'], ['>', {}, ['field', {}, 107], 5]],
          'order-by': [['desc', {}, ['aggregation', {}, 'u1']]],
        },
      ],
    };
    expect(sqlOf(recent)).toBe(sqlOf(old));
    expect(sqlOf(old)).toMatch(/^SELECT DATE_TRUNC\('month', "app"\."case_file"\."opened_at"\) AS "opened_at", SUM\("app"\."case_file"\."fee"\) AS "sum", COUNT\(DISTINCT "app"\."case_file"\."reference"\) AS "count" FROM .* ORDER BY "sum" DESC, DATE_TRUNC\('month', "app"\."case_file"\."opened_at"\) ASC$/);
  });

  test('of the oldest serialisation is understood too', () => {
    expect(
      sqlOf({ 'source-table': 10, aggregation: ['count'], breakout: [['datetime-field', ['field-id', 104], 'month']], 'order-by': [[['field-id', 103], 'descending']] }),
    ).toContain(`DATE_TRUNC('month', "app"."case_file"."opened_at") AS "opened_at"`);
  });

  test('says that it was rebuilt', () => {
    const read = question({ 'source-table': 12 });
    expect([read.reconstructed, read.raw]).toEqual([true, '']);
    expect(read.variants[0]?.assumptions).toEqual(["the SQL is rebuilt from Metabase's query language; Metabase's own text may differ"]);
    expect(read.variants[0]?.map).toEqual([{ out: 0, src: 0, length: read.variants[0]?.sql.length, srcEnd: 0, copy: false }]);
  });
});

describe('filters', () => {
  test.each([
    [['=', REFERENCE, 'R-1'], `"reference" = 'R-1'`],
    [['=', REFERENCE, 'R-1', 'R-2'], `("reference" = 'R-1') OR ("reference" = 'R-2')`],
    [['=', REFERENCE, null], '"reference" IS NULL'],
    [['!=', REFERENCE, 'R-1'], `("reference" <> 'R-1') OR ("reference" IS NULL)`],
    [['!=', REFERENCE, 'R-1', 'R-2'], `(("reference" <> 'R-1') OR ("reference" IS NULL)) AND (("reference" <> 'R-2') OR ("reference" IS NULL))`],
    [['=', STATUS, 'OPEN'], `"status" = CAST('OPEN' AS "case_status")`],
    [['between', FEE, 10, 20.5], '"fee" BETWEEN 10 AND 20.5'],
    [['is-null', OPENED], '"opened_at" IS NULL'],
    [['is-empty', REFERENCE], `("reference" IS NULL) OR ("reference" = '')`],
    [['not-empty', REFERENCE], `("reference" IS NOT NULL) AND (("reference" <> '') OR ("reference" IS NULL))`],
    [['contains', REFERENCE, "d'or", { 'case-sensitive': false }], `LOWER("reference") LIKE '%d''or%'`],
    [['starts-with', REFERENCE, 'R'], `"reference" LIKE 'R%'`],
    [['does-not-contain', REFERENCE, 'X'], `(NOT ("reference" LIKE '%X%')) OR ("reference" IS NULL)`],
    [['not', ['ends-with', REFERENCE, 'X']], `(NOT ("reference" LIKE '%X')) OR ("reference" IS NULL)`],
    [['or', ['>', FEE, 1], ['and', ['<', FEE, 0], ['is-null', REFERENCE]]], `("fee" > 1) OR (("fee" < 0) AND ("reference" IS NULL))`],
    [['and', ['>', FEE, 1], ['and', ['<', FEE, 9], ['is-null', REFERENCE]]], `("fee" > 1) AND ("fee" < 9) AND ("reference" IS NULL)`],
    [['inside', FEE, ['field', 106, null], 50, 6, 48, 8], '("fee" BETWEEN 48 AND 50) AND ("officer_id" BETWEEN 6 AND 8)'],
    [['<', FEE, ['+', ['field', 106, null], 1]], '"fee" < ("officer_id" + 1)'],
    [['in', REFERENCE, 'R-1', 'R-2'], `("reference" = 'R-1') OR ("reference" = 'R-2')`],
    [['not-in', FEE, 1, 2], '(("fee" <> 1) OR ("fee" IS NULL)) AND (("fee" <> 2) OR ("fee" IS NULL))'],
    [['during', RECEIVED, '2026-02-10', 'month'], `("received_on" >= date '2026-02-01') AND ("received_on" < date '2026-03-01')`],
  ])('%j', (filter, expected) => {
    expect(where(filter)).toBe(expected);
  });

  test('on moments become half-open ranges on the bare column', () => {
    expect(where(['=', OPENED, '2026-03-05'])).toBe(
      `("opened_at" >= timestamp with time zone '2026-03-05') AND ("opened_at" < timestamp with time zone '2026-03-06')`,
    );
    expect(where(['between', ['field', 104, { 'temporal-unit': 'month' }], '2026-01-01', '2026-02-10'])).toBe(
      `("opened_at" >= timestamp with time zone '2026-01-01') AND ("opened_at" < timestamp with time zone '2026-03-01')`,
    );
    expect(where(['<=', RECEIVED, '2026-12-31'])).toBe(`"received_on" < date '2027-01-01'`);
    expect(where(['>', OPENED, '2026-03-05T10:00:00'])).toBe(`"opened_at" > timestamp with time zone '2026-03-05T10:00:00'`);
    expect(where(['=', ['field', 104, { 'temporal-unit': 'month-of-year' }], 3])).toBe('CAST(extract(month from "opened_at") AS integer) = 3');
  });

  test('relative to now leave the present unit out', () => {
    expect(where(['time-interval', OPENED, -30, 'day'])).toBe(
      `("opened_at" >= CAST((NOW() + INTERVAL '-30 day') AS date)) AND ("opened_at" < CAST(NOW() AS date))`,
    );
    expect(where(['time-interval', OPENED, -6, 'month', { 'include-current': true }])).toBe(
      `("opened_at" >= DATE_TRUNC('month', (NOW() + INTERVAL '-6 month'))) AND ("opened_at" < DATE_TRUNC('month', (NOW() + INTERVAL '1 month')))`,
    );
    expect(where(['time-interval', OPENED, 'current', 'quarter'])).toBe(
      `("opened_at" >= DATE_TRUNC('quarter', NOW())) AND ("opened_at" < DATE_TRUNC('quarter', (NOW() + INTERVAL '3 month')))`,
    );
    expect(where(['=', ['field', 104, { 'temporal-unit': 'year' }], ['relative-datetime', -1, 'year']])).toBe(
      `("opened_at" >= DATE_TRUNC('year', (NOW() + INTERVAL '-1 year'))) AND ("opened_at" < DATE_TRUNC('year', NOW()))`,
    );
  });
});

describe('aggregations', () => {
  test.each([
    [['avg', FEE], 'AVG("fee") AS "avg"'],
    [['median', FEE], 'PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY "fee") AS "median"'],
    [['stddev', FEE], 'STDDEV_POP("fee") AS "stddev"'],
    [['count-where', ['>', FEE, 5]], 'SUM(CASE WHEN "fee" > 5 THEN 1 ELSE 0.0 END) AS "count-where"'],
    [['sum-where', FEE, ['is-null', OPENED]], 'SUM(CASE WHEN "opened_at" IS NULL THEN "fee" ELSE 0.0 END) AS "sum-where"'],
    [['share', ['>', FEE, 5]], 'SUM(CASE WHEN "fee" > 5 THEN 1 ELSE 0.0 END) / COUNT(*) AS "share"'],
    [['aggregation-options', ['/', ['sum', FEE], ['count']], { name: 'Fee per case' }],
      'CAST(SUM("fee") AS DOUBLE PRECISION) / NULLIF(CAST(COUNT(*) AS DOUBLE PRECISION), 0.0) AS "Fee per case"'],
    [['/', ['sum', FEE], 12], 'CAST(SUM("fee") AS DOUBLE PRECISION) / 12.0 AS "expression"'],
    [['sum', ['case', [[['>', FEE, 5], 1]], { default: 0 }]], 'SUM(CASE WHEN "fee" > 5 THEN 1 ELSE 0 END) AS "sum"'],
    [['cum-sum', FEE], 'SUM("fee") AS "sum"'],
    [['distinct-where', REFERENCE, ['>', FEE, 5]], 'COUNT(DISTINCT CASE WHEN "fee" > 5 THEN "reference" END) AS "distinct-where"'],
    [['percentile', FEE, 0.9], 'PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY "fee") AS "percentile"'],
    [['var', FEE], 'VAR_POP("fee") AS "var"'],
  ])('%j', (aggregation, expected) => {
    expect(aggregate(aggregation)).toBe(expected);
  });

  test('that run up do so over their groups, truncated in a sub-select', () => {
    expect(aggregate(['cum-count'], { breakout: [RECEIVED] })).toBe(
      '"received_on" AS "received_on", SUM(COUNT(*)) OVER (ORDER BY "received_on" ASC ROWS UNBOUNDED PRECEDING) AS "count"',
    );
    expect(sqlOf({ 'source-table': 10, aggregation: [['cum-sum', FEE]], breakout: [['field', 104, { 'temporal-unit': 'month' }]] })).toBe(
      'SELECT "source"."opened_at" AS "opened_at", SUM(SUM("source"."fee")) OVER (ORDER BY "source"."opened_at" ASC ROWS UNBOUNDED PRECEDING) AS "sum" ' +
        `FROM (SELECT DATE_TRUNC('month', "app"."case_file"."opened_at") AS "opened_at", "app"."case_file"."fee" AS "fee" FROM "app"."case_file") AS "source" ` +
        'GROUP BY "source"."opened_at" ORDER BY "source"."opened_at" ASC',
    );
  });
});

describe('buckets of time', () => {
  function bucketed(field: number, unit: string): string {
    const sql = sqlOf({ 'source-table': field === 134 ? 13 : 10, aggregation: [['count']], breakout: [['field', field, { 'temporal-unit': unit }]] });
    return (/GROUP BY (.*) ORDER BY/.exec(sql)?.[1] ?? '').replaceAll(/"app"\."\w+"\./g, '');
  }

  test('are cast as the type of the column asks', () => {
    expect(bucketed(104, 'day')).toBe('CAST("opened_at" AS date)');
    expect(bucketed(108, 'day')).toBe('"received_on"');
    expect(bucketed(108, 'month')).toBe(`CAST(DATE_TRUNC('month', "received_on") AS date)`);
    expect(bucketed(134, 'hour')).toBe(`DATE_TRUNC('hour', "due_at")`);
    expect(bucketed(104, 'day-of-week')).toBe('(CAST(extract(dow from "opened_at") AS integer) + 1)');
  });

  test('of a group without a unit are days', () => {
    expect(sqlOf({ 'source-table': 10, aggregation: [['count']], breakout: [OPENED] })).toContain('GROUP BY CAST("app"."case_file"."opened_at" AS date)');
  });

  test('of weeks come in both ways that an instance may be set to', () => {
    const { variants } = question({ 'source-table': 10, aggregation: [['count']], breakout: [['field', 108, { 'temporal-unit': 'week' }]] });
    expect(variants.map(({ label, sql }) => [label, (/GROUP BY (.*) ORDER BY/.exec(sql)?.[1] ?? '').replaceAll('"app"."case_file".', '')])).toEqual([
      ['default', `CAST((CAST(DATE_TRUNC('week', CAST(("received_on" + INTERVAL '1 day') AS date)) AS date) + INTERVAL '-1 day') AS date)`],
      ['weeks from Monday', `CAST(DATE_TRUNC('week', "received_on") AS date)`],
    ]);
  });
});

describe('sources and joins', () => {
  const joined = {
    'source-table': 10,
    fields: [REFERENCE],
    joins: [{ alias: 'Officer', 'source-table': 12, strategy: 'inner-join', fields: [['field', 122, { 'join-alias': 'Officer' }]], condition: ['=', ['field', 106, null], ['field', 121, { 'join-alias': 'Officer' }]] }],
  };

  test('of tables come in both ways that releases write them', () => {
    const { variants } = question(joined);
    const select = 'SELECT "app"."case_file"."reference" AS "reference", "Officer"."name" AS "Officer__name" FROM "app"."case_file" INNER JOIN ';
    const rest = ' AS "Officer" ON "app"."case_file"."officer_id" = "Officer"."id" LIMIT 2000';
    expect(variants.map(({ label, sql }) => [label, sql])).toEqual([
      ['default', `${select}"app"."officer"${rest}`],
      ['joined sub-selects', `${select}(SELECT "app"."officer"."id" AS "id", "app"."officer"."name" AS "name", "app"."officer"."team" AS "team" FROM "app"."officer")${rest}`],
    ]);
  });

  test('through a foreign key are added by themselves', () => {
    expect(sqlOf({ 'source-table': 13, aggregation: [['count']], breakout: [['field', 103, { 'source-field': 132 }]] })).toContain(
      'FROM "app"."task" LEFT JOIN "app"."case_file" AS "case_file__via__case_id" ON "app"."task"."case_id" = "case_file__via__case_id"."id" GROUP BY "case_file__via__case_id"."status"',
    );
  });

  test('of stages are sub-selects called source', () => {
    const inner = { 'source-table': 10, aggregation: [['count']], breakout: [['field', 106, null]] };
    expect(sqlOf({ 'source-query': inner, filter: ['>', ['field', 'count', { 'base-type': 'type/Integer' }], 10] })).toBe(
      'SELECT "source"."officer_id" AS "officer_id", "source"."count" AS "count" FROM (SELECT "app"."case_file"."officer_id" AS "officer_id", COUNT(*) AS "count" ' +
        'FROM "app"."case_file" GROUP BY "app"."case_file"."officer_id" ORDER BY "app"."case_file"."officer_id" ASC) AS "source" WHERE "source"."count" > 10 LIMIT 2000',
    );
  });

  test('that Metabase only knows by name are cast before they are truncated', () => {
    const stages = [
      { 'source-table': 10, fields: [['field', {}, 104]] },
      { aggregation: [['count', {}]], breakout: [['field', { 'base-type': 'type/DateTimeWithLocalTZ', 'temporal-unit': 'month' }, 'opened_at']] },
    ];
    expect(sqlOf({ stages })).toContain(`DATE_TRUNC('month', CAST("source"."opened_at" AS timestamp))`);
  });

  test('that are native cards show their columns', () => {
    const native = { id: 1, name: 'Raw', dataset_query: { type: 'native', database: 2, native: { query: 'select id, at from app.visit;' } }, result_metadata: [{ name: 'id', base_type: 'type/Integer' }, { name: 'at', base_type: 'type/DateTime' }] };
    const { variants } = question({ 'source-table': 'card__1', aggregation: [['count']], breakout: [['field', 'at', { 'base-type': 'type/DateTime', 'temporal-unit': 'day' }]] }, { 'native.json': native });
    expect(variants[0]?.sql).toBe(
      'SELECT CAST("source"."at" AS date) AS "at", COUNT(*) AS "count" FROM (select id, at from app.visit) AS "source" GROUP BY CAST("source"."at" AS date) ORDER BY CAST("source"."at" AS date) ASC',
    );
  });

  test('that the export lacks are problems that name them', () => {
    const { problems, variants } = question({ 'source-table': 77, joins: [{ alias: 'B', 'source-table': 'card__404', fields: 'all', condition: ['=', ['field', 999, null], ['field', 'x', { 'join-alias': 'B' }]] }] });
    expect(problems).toEqual([
      { code: 'missing-reference', message: 'table 77 is not in the export; save GET /api/database/:id/metadata next to the cards' },
      { code: 'missing-reference', message: 'card 404 is not in the export; the relations it reads are unknown' },
      { code: 'missing-reference', message: 'field 999 is not in the export; save GET /api/database/:id/metadata next to the cards' },
    ]);
    expect(variants[0]?.sql).toBe(
      'SELECT "metabase_table_77".* FROM "metabase_table_77" LEFT JOIN (SELECT * FROM "metabase_card_404") AS "B" ON "metabase_table_77"."field_999" = "B"."x" LIMIT 2000',
    );
  });
});

describe('metrics, measures and segments', () => {
  const metric = (query: object): object => ({ id: 500, name: 'Fees', type: 'metric', dataset_query: { type: 'query', database: 2, query } });
  const fees = metric({ 'source-table': 10, aggregation: [['sum', FEE]], filter: ['is-null', OPENED] });

  test('of cards are expanded with their conditions', () => {
    expect(question({ 'source-table': 10, aggregation: [['metric', 500]], breakout: [STATUS] }, { 'metric.json': fees }).variants[0]?.sql).toContain(
      'SUM(CASE WHEN "app"."case_file"."opened_at" IS NULL THEN "app"."case_file"."fee" ELSE 0.0 END) AS "metric"',
    );
  });

  test('that a question is about give it what they read', () => {
    expect(question({ 'source-table': 'card__500', aggregation: [['metric', 500]], breakout: [STATUS] }, { 'metric.json': fees }).variants[0]?.sql).toBe(
      'SELECT "app"."case_file"."status" AS "status", SUM("app"."case_file"."fee") AS "metric" FROM "app"."case_file" WHERE "app"."case_file"."opened_at" IS NULL GROUP BY "app"."case_file"."status" ORDER BY "app"."case_file"."status" ASC',
    );
  });

  test('that refer to themselves are problems that name them', () => {
    const read = question({ 'source-table': 10, aggregation: [['metric', 500]] }, { 'metric.json': metric({ 'source-table': 10, aggregation: [['+', ['metric', 500], 1]] }) });
    expect([read.variants[0]?.sql, read.problems]).toEqual([
      'SELECT NULL + 1 AS "metric" FROM "app"."case_file"',
      [{ code: 'cyclic-reference', message: 'metric 500 refers to itself' }],
    ]);
    const segment = { id: 7, name: 'Circle', table_id: 10, definition: { 'source-table': 10, filter: ['and', ['segment', 7], ['segment', 7], ['>', FEE, 1]] } };
    const filtered = question({ 'source-table': 10, aggregation: [['count']], filter: ['segment', 7] }, { 'segments.json': [segment] });
    expect([filtered.variants[0]?.sql, filtered.problems]).toEqual([
      'SELECT COUNT(*) AS "count" FROM "app"."case_file" WHERE "app"."case_file"."fee" > 1',
      [{ code: 'cyclic-reference', message: 'segment 7 refers to itself' }],
    ]);
  });

  test('that use each other twice do not grow without end', () => {
    const segments = Array.from({ length: 20 }, (_, at) => ({ id: at, name: `S${at}`, table_id: 10, definition: { 'source-table': 10, filter: ['or', ['segment', at + 1], ['segment', at + 1]] } }));
    const read = readValues(source, { 'metadata.json': metadata, 'segments.json': segments });
    expect(read).toHaveLength(20);
    expect(read[0]?.problems).toEqual([{ code: 'unreadable', message: 'its query cannot be read: it uses metrics and segments more than 1000 times' }]);
  });

  test('of old and new releases are told apart by what they hold', () => {
    const old = { id: 3, name: 'Mean fee', table_id: 10, definition: { aggregation: [['avg', FEE]], filter: ['>', FEE, 0] } };
    const [read] = readValues(source, { 'metadata.json': metadata, 'metrics.json': [old] });
    expect([read?.role, read?.title, read?.variants[0]?.sql]).toEqual(['metric', 'Mean fee', 'SELECT AVG("app"."case_file"."fee") AS "avg" FROM "app"."case_file" WHERE "app"."case_file"."fee" > 0']);
  });
});

describe('more of the language', () => {
  test('compares a group with the one before it', () => {
    expect(aggregate(['offset', {}, ['sum', FEE], -1], { breakout: [['field', 108, { 'temporal-unit': 'month' }]] })).toContain(
      `LAG(SUM("fee"), 1) OVER (ORDER BY CAST(DATE_TRUNC('month', "received_on") AS date) ASC) AS "offset"`,
    );
  });

  test('has native sources with tags', () => {
    const native = { native: 'select id, state from app.visit where state = {{state}}', 'template-tags': { state: { name: 'state', type: 'text', default: 'DONE' } } };
    expect(sqlOf({ 'source-query': native, aggregation: [['count']] })).toBe(`SELECT COUNT(*) AS "count" FROM (select id, state from app.visit where state = 'DONE') AS "source"`);
  });

  test('groups by bins', () => {
    expect(aggregate(['count'], { breakout: [['field', 107, { binning: { strategy: 'bin-width', 'bin-width': 20 } }]] })).toBe('FLOOR(("fee" / 20.0)) * 20.0 AS "fee", COUNT(*) AS "count"');
  });
});

test('filters of dashboards add their conditions, all of them and each', () => {
  const parameters = [{ id: 'p1', name: 'Opened', type: 'date/range' }, { id: 'p2', name: 'Reference', type: 'string/contains' }, { id: 'p3', name: 'Tag', type: 'category' }];
  const mappings = [
    { parameter_id: 'p1', card_id: 900, target: ['dimension', ['field', 104, null], { 'stage-number': 0 }] },
    { parameter_id: 'p2', card_id: 900, target: ['dimension', REFERENCE] },
    { parameter_id: 'p3', card_id: 900, target: ['variable', ['template-tag', 'x']] },
    { parameter_id: 'gone', card_id: 900, target: ['dimension', FEE] },
  ];
  const dashboard = { id: 1, name: 'D', parameters, dashcards: [{ card_id: 900, parameter_mappings: mappings }] };
  const { variants } = question({ 'source-table': 10, aggregation: [['count']], filter: ['>', FEE, 1] }, { 'dashboard.json': dashboard });
  const opened = `("opened_at" >= timestamp with time zone '2024-01-01') AND ("opened_at" < timestamp with time zone '2024-01-03')`;
  expect(variants.map(({ label, sql }) => [label, (sql.split(' WHERE ')[1] ?? '').replaceAll('"app"."case_file".', '')])).toEqual([
    ['default', '"fee" > 1'],
    ['maximal', `("fee" > 1) AND ${opened} AND ("reference" LIKE '%x%')`],
    ['with Opened', `("fee" > 1) AND ${opened}`],
    ['with Reference', `("fee" > 1) AND ("reference" LIKE '%x%')`],
  ]);
});

describe('custom columns', () => {
  test('are shown next to the others', () => {
    expect(sqlOf({ 'source-table': 12, expressions: { Label: ['concat', ['field', 122, null], ' / ', ['upper', ['field', 123, null]]] } })).toBe(
      'SELECT "app"."officer"."id" AS "id", "app"."officer"."name" AS "name", "app"."officer"."team" AS "team", ' +
        `CONCAT("app"."officer"."name", ' / ', UPPER("app"."officer"."team")) AS "Label" FROM "app"."officer" LIMIT 2000`,
    );
  });

  test('that are grouped by are computed in a sub-select first', () => {
    expect(
      sqlOf({ 'source-table': 10, expressions: { Size: ['case', [[['>', FEE, 100], 'large']], { default: 'small' }] }, aggregation: [['sum', FEE]], breakout: [['expression', 'Size']], filter: ['is-null', OPENED] }),
    ).toBe(
      'SELECT "source"."Size" AS "Size", SUM("source"."fee") AS "sum" FROM (SELECT "app"."case_file"."fee" AS "fee", ' +
        `CASE WHEN "app"."case_file"."fee" > 100 THEN 'large' ELSE 'small' END AS "Size" FROM "app"."case_file" WHERE "app"."case_file"."opened_at" IS NULL) AS "source" ` +
        'GROUP BY "source"."Size" ORDER BY "source"."Size" ASC',
    );
  });

  test.each([
    [['split-part', REFERENCE, '-', 2], `SPLIT_PART("reference", '-', 2)`],
    [['date', OPENED], 'CAST("opened_at" AS DATE)'],
    [['datetime', REFERENCE], 'CAST("reference" AS TIMESTAMP)'],
    [['quarter-name', ['get-quarter', OPENED]], `CONCAT('Q', CAST(extract(quarter from "opened_at") AS integer))`],
    [['host', REFERENCE], `SUBSTRING("reference" FROM '(?:https?://)?(?:[^@/]*@)?([^:/?#]*)')`],
    [['datetime-add', OPENED, 2, 'week'], `("opened_at" + INTERVAL '2 week')`],
    [['datetime-diff', OPENED, ['field', 105, null], 'day'], 'CAST("closed_at" AS DATE) - CAST("opened_at" AS DATE)'],
    [['regex-match-first', REFERENCE, '[A-Z]+'], `SUBSTRING("reference" FROM '[A-Z]+')`],
    [['coalesce', FEE, 0], 'COALESCE("fee", 0)'],
    [['convert-timezone', OPENED, 'Europe/Berlin', 'UTC'], `TIMEZONE('Europe/Berlin', TIMEZONE('UTC', "opened_at"))`],
    [['temporal-extract', OPENED, 'day-of-week-iso'], 'CAST(extract(isodow from "opened_at") AS integer)'],
    [['field', 104, { 'temporal-unit': 'second' }], `DATE_TRUNC('second', "opened_at")`],
    [['text', FEE], 'CAST("fee" AS TEXT)'],
    [['-', FEE], '-"fee"'],
    [['if', [[['>', FEE, 1], 'a']], 'b'], `CASE WHEN "fee" > 1 THEN 'a' ELSE 'b' END`],
  ])('of %j are written as PostgreSQL has them', (expression, expected) => {
    const read = question({ 'source-table': 10, expressions: { It: expression }, fields: [['expression', 'It']] });
    expect(read.problems).toEqual([]);
    expect(read.variants[0]?.sql.replaceAll('"app"."case_file".', '')).toBe(`SELECT ${expected} AS "It" FROM "app"."case_file" LIMIT 2000`);
  });

  test('that are grouped by in a unit of time are truncated', () => {
    const expressions = [['convert-timezone', { 'lib/expression-name': 'Local' }, ['field', {}, 104], 'Europe/Berlin']];
    const stages = [{ 'source-table': 10, expressions, aggregation: [['count', {}]], breakout: [['expression', { 'base-type': 'type/DateTime', 'temporal-unit': 'month' }, 'Local']] }];
    expect(sqlOf({ stages })).toBe(
      `SELECT DATE_TRUNC('month', "source"."Local") AS "Local", COUNT(*) AS "count" FROM (SELECT TIMEZONE('Europe/Berlin', "app"."case_file"."opened_at") AS "Local" FROM "app"."case_file") AS "source" ` +
        `GROUP BY DATE_TRUNC('month', "source"."Local") ORDER BY DATE_TRUNC('month', "source"."Local") ASC`,
    );
  });

  test('that refer to themselves are refused, and those that double do not grow without end', () => {
    const itself = { 'source-table': 10, expressions: { A: ['+', ['expression', 'B'], 1], B: ['+', ['expression', 'A'], 1] } };
    const asked = readValues(source, { 'metadata.json': metadata, 'card.json': { id: 900, name: 'Asked', dataset_query: { type: 'query', database: 2, query: itself } } }).at(0);
    expect([asked?.variants, asked?.problems]).toEqual([[], [{ code: 'unreadable', message: 'its query cannot be read: its custom column A refers to itself' }]]);
    const doubling = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`c${at}`, at === 59 ? FEE : ['+', ['expression', `c${at + 1}`], ['expression', `c${at + 1}`]]]));
    const grown = readValues(source, { 'metadata.json': metadata, 'card.json': { id: 900, name: 'Asked', dataset_query: { type: 'query', database: 2, query: { 'source-table': 10, expressions: doubling } } } }).at(0);
    expect(grown?.problems).toEqual([{ code: 'unreadable', message: 'its query cannot be read: its custom columns grow without end' }]);
  });

  test('with operators nobody knows keep their columns, with a problem', () => {
    const { variants, problems } = question({ 'source-table': 12, expressions: { Odd: ['frobnicate', ['field', 122, null], 3] }, fields: [['expression', 'Odd']] });
    expect(variants[0]?.sql).toBe('SELECT frobnicate("app"."officer"."name", 3) AS "Odd" FROM "app"."officer" LIMIT 2000');
    expect(problems).toEqual([{ code: 'unsupported', message: 'the operator frobnicate is unknown; its columns are kept' }]);
  });
});

test('names and values cannot break out of their quotes', () => {
  const evil = { id: 2, name: 'x', engine: 'postgres', tables: [{ id: 10, db_id: 2, schema: 'a"b', name: "t'; drop table x; --", fields: [{ id: 1, name: 'c"d', base_type: 'type/Text' }] }] };
  const card = { id: 1, name: 'q', dataset_query: { type: 'query', database: 2, query: { 'source-table': 10, filter: ['=', ['field', 1, null], "'; drop table y; --"] } } };
  const [read] = readValues(source, { 'db.json': evil, 'card.json': card });
  expect(parseSync(read?.variants[0]?.sql ?? '').stmts).toHaveLength(1);
});
