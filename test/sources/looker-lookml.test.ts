import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/looker.js';
import { condition } from '../../src/sources/looker/condition.js';
import { glob } from '../../src/sources/looker/project.js';
import { scanLookml } from '../../src/sources/looker/scan.js';
import { groupMembers } from '../../src/sources/looker/timeframe.js';
import { textAt } from './fixture.js';
import { refusedByPostgres } from './parses.js';

function read(files: Record<string, string>): CollectedQuery[] {
  return source.read(Object.entries(files).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
}

function one(files: Record<string, string>, id: string): CollectedQuery {
  const queries = read(files);
  const found = queries.find((query) => query.id === `looker:${id}`);
  if (found === undefined) throw new Error(`${id} is not among ${queries.map((query) => query.id).join(', ')}`);
  return found;
}

const flat = (query: CollectedQuery): string | undefined => query.variants[0]?.sql.replace(/\s+/g, ' ').trim();
const MODEL = 'connection: "shop"\ninclude: "/views/*.view"\n';

describe('the scanner', () => {
  test('reads pairs, lists, blocks and expressions with the place of every value', () => {
    const text = 'view: +orders { # refined\n  label: "A \\"quoted\\" word"\n  sql_table_name: shop.orders ;;\n  drill: [id, users.name, total: "-1", { field: a }]\n  hidden: yes }';
    const { nodes, errors } = scanLookml(text);
    expect(errors).toEqual([]);
    expect(nodes).toMatchObject([
      {
        key: 'view',
        kind: 'block',
        text: { value: '+orders', start: 6 },
        children: [
          { key: 'label', kind: 'text', text: { value: 'A "quoted" word' } },
          { key: 'sql_table_name', kind: 'expression', text: { value: 'shop.orders', start: text.indexOf('shop.orders') } },
          { key: 'drill', kind: 'list', items: [{ value: 'id' }, { value: 'users.name' }, { value: 'total', to: '-1' }, { children: [{ key: 'field', text: { value: 'a' } }] }] },
          { key: 'hidden', text: { value: 'yes' } },
        ],
      },
    ]);
  });

  test('goes on behind what is malformed, and names it', () => {
    const [broken, ...others] = read({ 'views/orders.view.lkml': 'view: orders {\n  dimension: id { sql: ${TABLE}.id ;; }\n  dimension ? broken\n  dimension: day { sql: ${TABLE}.day ;; }\n}\n' }).toReversed();
    expect(broken).toMatchObject({
      id: 'looker:file:views/orders.view.lkml',
      origin: { line: 3, column: 13 },
      problems: [{ code: 'unreadable', message: 'the LookML is malformed: expected a colon after a key in line 3' }],
    });
    expect(others.map(({ raw }) => raw)).toEqual(['${TABLE}.day', '${TABLE}.id']);
  });

  test.each([
    ['view: a { dimension: b { sql: x', 'expected ;; at the end of sql'],
    ['view: a { label: "x', 'expected the closing quote of a string'],
    ['view: a { dimension: b { sql: x ;; }', 'expected }; the file is cut short'],
    ['view: a { drill: [b, ', 'expected ]; the file is cut short'],
    [`${'a: {'.repeat(5_000)}`, 'blocks are nested deeper than 60'],
  ])('%.30s', (text, message) => {
    expect(scanLookml(text).errors[0]?.message).toBe(message);
  });

  test('never throws and never stands still', () => {
    const piece = fc.constantFrom('view', ': ', 'a ', '{', '}', '[', ']', '"', '\\', ';;', 'sql: ', '#', '\n', '${x}', '@{c}', ',', ' ', '\0', '\u001b[31m', 'é', '+b');
    const misplaced: string[] = [];
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        const file = new SourceFile('a.view.lkml', text);
        for (const { origin, raw } of source.read([file], { connection: null, gap: () => undefined })) {
          if (!textAt(text, origin).startsWith(raw)) misplaced.push(text);
        }
      }),
    );
    expect(misplaced).toEqual([]);
  });
});

describe('includes', () => {
  test.each([
    ['views/*.view', 'views/a.view.lkml', true],
    ['views/*.view', 'views/sub/a.view.lkml', false],
    ['views/**/*.view.lkml', 'views/sub/deep/a.view.lkml', true],
    ['views/**/*.view.lkml', 'views/a.view.lkml', true],
    ['**/*', 'a/b.view.lkml', true],
    ['*a*b*', 'xaybz', true],
    ['*a*b*', 'xbya', false],
    ['a.view', 'a.view.lkml', true],
  ])('%s and %s', (pattern, path, expected) => {
    expect(glob(pattern)(path)).toBe(expected);
  });

  test('a pattern that is made to be slow is not', () => {
    expect(glob(`${'*a'.repeat(2_000)}b`)('a'.repeat(20_000))).toBe(false);
  });

  test('reach other projects, and circles of them end', () => {
    const files = {
      'core/manifest.lkml': 'project_name: "core"',
      'core/a.view.lkml': 'include: "/b.view"\nview: a { sql_table_name: core.a ;; dimension: id { sql: ${TABLE}.id ;; } }',
      'core/b.view.lkml': 'include: "/a.view"\nview: b { extends: [a] }',
      'shop/manifest.lkml': 'project_name: "shop"\nlocal_dependency: { project: "core" }',
      'shop/shop.model.lkml': 'connection: "shop_db"\ninclude: "//core/*.view"\nexplore: b {}',
    };
    expect(flat(one(files, 'shop:explore:b'))).toBe('SELECT COUNT(*) FROM core.a AS b');
    expect(read(files).filter(({ raw }) => raw === 'core.a').map(({ id, connection }) => [id, connection?.name])).toEqual([['looker:core:view:a:sql_table_name', 'shop_db']]);
  });

  test('a view that two models of different connections include belongs to both', () => {
    const files = { 'views/a.view.lkml': 'view: a { dimension: id { sql: ${TABLE}.id ;; } }', 'one.model.lkml': MODEL, 'two.model.lkml': MODEL.replace('shop', 'archive'), 'three.model.lkml': MODEL };
    expect(read(files).map(({ id, connection }) => [id, connection?.name])).toEqual([
      ['looker:lookml:view:a.id', 'shop'],
      ['looker:lookml:view:a.id@two', 'archive'],
    ]);
  });
});

describe('fields', () => {
  const files = (view: string, more = ''): Record<string, string> => ({ 'shop.model.lkml': MODEL, 'views/v.view.lkml': `view: orders { sql_table_name: shop.orders ;;\n${view}\n}\n${more}` });

  test.each([
    ['count_distinct', 'COUNT(DISTINCT orders.x)'],
    ['average', 'AVG(orders.x)'],
    ['min', 'MIN(orders.x)'],
    ['median', 'PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY orders.x)'],
    ['percentile', 'PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY orders.x)'],
    ['list', "STRING_AGG(DISTINCT CAST(orders.x AS text), '|RECORD|')"],
    ['average', 'AVG(orders.x) FILTER (WHERE orders.k IS NOT NULL)', 'sql_distinct_key: ${TABLE}.k ;;'],
    ['date', 'orders.x'],
    ['running_total', 'orders.x'],
  ])('a measure of type %s', async (type, sql, key = '') => {
    const query = one(files(`measure: m { type: ${type} percentile: 90 sql: \${TABLE}.x ;; ${key} }`), 'lookml:view:orders.m');
    expect(flat(query)).toBe(`SELECT ( ${sql} ) AS value FROM shop.orders AS orders`);
    expect(await refusedByPostgres([query])).toEqual([]);
  });

  test.each([
    ['sum_distinct', 'COALESCE(SUM(each_key.measured), 0)'],
    ['average_distinct', 'CAST(SUM(each_key.measured) AS DOUBLE PRECISION) / NULLIF(COUNT(DISTINCT CASE WHEN each_key.measured IS NOT NULL THEN each_key.counted END), 0)'],
  ])('a measure of type %s takes one value for each key', async (type, value) => {
    const query = one(files(`measure: m { type: ${type} sql: \${TABLE}.x ;; sql_distinct_key: \${TABLE}.k ;; }`), 'lookml:view:orders.m');
    expect(flat(query)).toBe(`SELECT ${value} AS value FROM (SELECT DISTINCT orders.k AS counted, orders.x AS measured FROM shop.orders AS orders) AS each_key WHERE each_key.counted IS NOT NULL`);
    expect(await refusedByPostgres([query])).toEqual([]);
  });

  test('timeframes and durations of groups', () => {
    const groups = 'dimension_group: made { type: time sql: ${TABLE}.made_at ;; }\ndimension_group: late { type: duration sql_start: ${TABLE}.due ;; sql_end: ${TABLE}.done ;; }';
    const view = `${groups}\ndimension: x { sql: ROW(\${made_date}, \${made_month}, \${made_day_of_week}, \${made_raw}, \${days_late}) ;; }`;
    expect(flat(one(files(view), 'lookml:view:orders.x'))).toBe(
      "SELECT ( ROW((DATE(orders.made_at)), (DATE_TRUNC('month', orders.made_at)), (EXTRACT(DOW FROM orders.made_at)), orders.made_at, (orders.done - orders.due)) ) AS value FROM shop.orders AS orders",
    );
    expect(groupMembers('first_made_week')).toEqual([{ group: 'first_made', timeframe: 'week' }]);
  });

  test('fields that contain themselves are problems, not loops', () => {
    const query = one(files('dimension: a { sql: ${b} + 1 ;; }\ndimension: b { sql: ${a} + 1 ;; }'), 'lookml:view:orders.a');
    expect(query.problems.map(({ code }) => code)).toContain('cyclic-reference');
    expect(one(files('extends: [orders]\ndimension: a { sql: 1 ;; }'), 'lookml:view:orders.a').raw).toBe('1');
  });

  test('what is missing is named', () => {
    const query = one(files('dimension: a { sql: ${gone} + ${nobody.x} + @{nothing} ;; }'), 'lookml:view:orders.a');
    expect(query.problems.map(({ code }) => code)).toEqual(Array(4).fill('missing-reference'));
    expect(query.problems.map(({ message }) => message).toSorted()).toEqual([
      'the constant nothing is not in the manifest',
      'the field nobody.x is not in the model',
      'the field orders.gone is not in the model',
      'the view nobody is not in the model',
    ]);
  });

  test('a problem of the relation is that of its own record', () => {
    const queries = read({ 'views/v.view.lkml': 'view: orders { sql_table_name: @{nothing}.orders ;; dimension: id { sql: ${TABLE}.id ;; } }' });
    expect(queries.map(({ id, problems }) => [id, problems.length])).toEqual([
      ['looker:lookml:view:orders:sql_table_name', 1],
      ['looker:lookml:view:orders.id', 0],
    ]);
  });

  test('a reference in a comment stays there, and one behind it does not', () => {
    const view = 'dimension: long { sql: CASE\nWHEN 1 = 1 THEN 2 END ;; }\ndimension: a { sql: 1 -- was ${long}\n+ ${long} ;; }';
    expect(one(files(view), 'lookml:view:orders.a').variants[0]?.sql).toContain('1 -- was ${long}\n+ (CASE');
  });

  test('a view that is named like a keyword is quoted', async () => {
    const query = one({ 'views/v.view.lkml': 'view: order { dimension: id { sql: ${TABLE}.id ;; } }' }, 'lookml:view:order.id');
    expect(flat(query)).toBe('SELECT ( "order".id ) AS value FROM "order" AS "order"');
    expect(await refusedByPostgres([query])).toEqual([]);
  });

  test('references that double at each step end', () => {
    const view = Array.from({ length: 29 }, (_, index) => `dimension: d${index} { sql: \${d${index + 1}} + \${d${index + 1}} ;; }`).join('\n');
    const query = one(files(`${view}\ndimension: d29 { sql: ${'${TABLE}.x + '.repeat(9)}1 ;; }`), 'lookml:view:orders.d0');
    expect(query.problems.map(({ code }) => code)).toContain('too-large');
  });

  test('templates that only others may use are read where they are used', () => {
    const more = 'view: base { extension: required dimension: id { sql: ${TABLE}.id ;; } }';
    const ids = read(files('extends: [base]', more)).map(({ id }) => id);
    expect(ids).toEqual(['looker:lookml:view:orders:sql_table_name', 'looker:lookml:view:orders.id']);
  });

  test('a derived table that leaves SELECT out gets it', () => {
    const more = 'view: part { derived_table: { sql: a.id, a.day FROM shop.a AS a ;; } }';
    expect(flat(one(files('', more), 'lookml:view:part:derived_table'))).toBe('SELECT a.id, a.day FROM shop.a AS a');
  });
});

describe('explores', () => {
  test('joins are taken as they are written, with what they need', () => {
    const files = {
      'shop.model.lkml': `${MODEL}explore: sold { view_name: orders from: all_orders\njoin: users { sql_on: \${orders.user_id} = \${users.id} ;; }\njoin: cities { type: cross }\njoin: tags { sql: LEFT JOIN shop.tags AS tags USING (id) ;; }\nquery: quick { dimensions: [users.name] filters: [orders.user_id: ">5"] } }`,
      'views/v.view.lkml': 'view: all_orders { sql_table_name: shop.orders ;; dimension: user_id { type: number sql: ${TABLE}.user_id ;; } }\nview: users { dimension: id {} dimension: name {} }\nview: cities {}',
    };
    expect(flat(one(files, 'lookml:explore:sold'))).toBe(
      'SELECT COUNT(*) FROM shop.orders AS orders LEFT JOIN users AS users ON (orders.user_id = users.id ) CROSS JOIN cities AS cities LEFT JOIN shop.tags AS tags USING (id)',
    );
    expect(flat(one(files, 'lookml:explore:sold:query:quick'))).toBe(
      'SELECT users.name AS "users.name" FROM shop.orders AS orders LEFT JOIN users AS users ON (orders.user_id = users.id ) WHERE orders.user_id > 5 GROUP BY 1',
    );
    expect(flat(one(files, 'lookml:explore:sold:join:tags:sql'))).toBe('SELECT 1 FROM shop.orders AS orders LEFT JOIN shop.tags AS tags USING (id)');
  });

  test('an explore that extends another one has its base and joins', () => {
    const text = `${MODEL}explore: users { join: cities { sql_on: \${users.city_id} = \${cities.id} ;; } }\nexplore: staff { extends: [users] sql_always_where: \${users.is_staff} ;; }`;
    const files = { 'shop.model.lkml': text, 'views/v.view.lkml': 'view: users { dimension: city_id {} dimension: is_staff {} }\nview: cities { dimension: id {} }' };
    expect(flat(one(files, 'lookml:explore:staff'))).toBe('SELECT COUNT(*) FROM users AS users LEFT JOIN cities AS cities ON (users.city_id = cities.id ) WHERE (users.is_staff )');
    expect(read(files).map(({ id }) => id).filter((id) => id.endsWith('sql_on'))).toEqual(['looker:lookml:explore:users:join:cities:sql_on']);
  });

  test('a view that is missing is a problem of the explore', () => {
    expect(one({ 'shop.model.lkml': 'connection: "shop"\nexplore: gone {}' }, 'lookml:explore:gone').problems).toEqual([
      { code: 'missing-reference', message: 'the view gone is not in the model' },
    ]);
  });

  test('a derived table of an explore that joins it ends', () => {
    const view = 'view: facts { derived_table: { explore_source: facts { column: id {} } } dimension: id {} }';
    const query = one({ 'shop.model.lkml': `${MODEL}explore: facts {}`, 'views/v.view.lkml': view }, 'lookml:view:facts:derived_table');
    expect(query.problems).toEqual([{ code: 'cyclic-reference', message: 'the derived table facts contains itself' }]);
  });
});

describe('filters', () => {
  test.each([
    ['string', 'open', "c.x = 'open'"],
    ['string', 'open,%ed', "(c.x = 'open' OR c.x LIKE '%ed')"],
    ['string', '-draft,-NULL', "c.x <> 'draft' AND c.x IS NOT NULL"],
    ['string', "o'ne", "c.x = 'o''ne'"],
    ['number', '>5', 'c.x > 5'],
    ['number', 'NOT 5', 'c.x <> 5'],
    ['number', '[a, b]', 'c.x IS NOT NULL'],
    ['yesno', 'Yes', 'c.x'],
    ['yesno', 'no', 'NOT COALESCE(c.x, FALSE)'],
    ['time', '7 days', "c.x >= TIMESTAMP '2024-01-01 00:00:00'"],
    ['string', '', null],
    ['number', '[1, 10)', 'c.x >= 1 AND c.x < 10'],
    ['number', 'NOT (3, inf), 40', 'c.x = 40 AND NOT (c.x > 3)'],
    ['number', '5 to 9', 'c.x >= 5 AND c.x <= 9'],
    ['number', '>1 AND <=7', 'c.x > 1 AND c.x <= 7'],
    ['time', '2024-01-01 to 2024/2/1', "c.x >= TIMESTAMP '2024-01-01 00:00:00' AND c.x < TIMESTAMP '2024-02-01 00:00:00'"],
    ['time', 'before 2024-03-01', "c.x < TIMESTAMP '2024-03-01 00:00:00'"],
  ])('%s %s', (type, filter, expected) => {
    expect(condition('c.x', type, filter)).toBe(expected);
  });
});
