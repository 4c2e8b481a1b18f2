import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadModule, parseSync } from 'libpg-query';
import { packTar } from 'modern-tar';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/metabase.js';
import { readSources } from '../../src/sources/reading/read.js';
import { alone, fixtures, queriesOf, textAt } from './fixture.js';
import { folder } from './folder.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = new Map([...(await queriesOf('metabase'))].filter(([, { origin }]) => origin.file.startsWith('metabase/serialisation/')));
});

function query(part: string): CollectedQuery {
  const found = [...queries.values()].find(({ id }) => id.endsWith(part));
  if (found === undefined) throw new Error(`${part} was not read`);
  return found;
}

function sqlOf(part: string, label = 'default'): string | undefined {
  return query(part).variants.find((variant) => variant.label === label)?.sql;
}

/** Reads files of a serialisation by their text. */
function read(files: Record<string, string>): CollectedQuery[] {
  const all = Object.entries(files).map(([path, text]) => new SourceFile(path, text));
  return source.read(all, { connection: null, gap: () => undefined });
}

const TOM = { name: 'tom.reuter@shop.example', via: 'author' };

describe('the entities of a serialisation', () => {
  test('that hold a query are all read, in the layouts of old and new releases', () => {
    expect([...queries.keys()].toSorted()).toEqual([
      'metabase:Shop:action:aCtionCancelOrderxxx1',
      'metabase:Shop:card:AxSackBiyXVRUzMxTyyQ1',
      'metabase:Shop:card:BxRevenueByMonthOld02',
      'metabase:Shop:card:CxRevenueByMonthNew03',
      'metabase:Shop:card:ExPaidOrdersModelxx05',
      'metabase:Shop:card:FxRevenueMetricxxxx06',
      'metabase:Shop:card:GxBestCustomersxxxx07',
      'metabase:Shop:card:HxScratchOfInesxxxx08',
      'metabase:Shop:card:JxBasketsOfBigOrderx9',
      'metabase:Shop:card:LxParcelsOfTheDayxx10',
      'metabase:Shop:measure:mEaSureAverageBasket1',
      'metabase:Shop:segment:sEgMentBigOrdersxxxx1',
      'metabase:Shop:transform:tRanSformDailySalesx1',
      'metabase:Shop:transform:tRanSformForecastxxx2',
      'metabase:unknown:snippet:sNiPpEtLargeOrdersxx3',
    ]);
  });

  test('say what they are for', () => {
    const roles = Object.fromEntries([...queries.values()].map(({ id, role }) => [id.split(':').slice(2).join(' '), role]));
    expect(roles).toMatchObject({
      'card AxSackBiyXVRUzMxTyyQ1': 'query',
      'card ExPaidOrdersModelxx05': 'relation',
      'card FxRevenueMetricxxxx06': 'metric',
      'measure mEaSureAverageBasket1': 'metric',
      'segment sEgMentBigOrdersxxxx1': 'filter',
      'transform tRanSformDailySalesx1': 'relation',
      'action aCtionCancelOrderxxx1': 'query',
      'snippet sNiPpEtLargeOrdersxx3': 'filter',
    });
  });

  test('give SQL that PostgreSQL parses', () => {
    for (const { id, variants } of queries.values()) {
      for (const { sql, label } of variants) expect(() => parseSync(sql), `${id} ${label}`).not.toThrow();
    }
  });

  test('say where their SQL stands, in plain, quoted, folded and block scalars', async () => {
    const first: Record<string, string> = {
      AxSackBiyXVRUzMxTyyQ1: 'select o.id, o.total\n      from public.orders o',
      ExPaidOrdersModelxx05: 'select o.id, o.customer_id,\\n       o.total',
      HxScratchOfInesxxxx08: "select count(*) from public.customers'",
      LxParcelsOfTheDayxx10: "select count(*) from public.orders where status = ''SENT''\n      and",
      aCtionCancelOrderxxx1: "update public.orders set status = 'CANCELLED'",
      tRanSformDailySalesx1: "select date_trunc('day', created_at) as day",
      sNiPpEtLargeOrdersxx3: 'where o.total > 1000\n    and',
    };
    for (const [part, text] of Object.entries(first)) {
      const { origin } = query(part);
      expect(textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin).startsWith(text), part).toBe(true);
    }
    for (const part of ['BxRevenueByMonthOld02', 'CxRevenueByMonthNew03']) {
      const { origin } = query(part);
      expect(origin.pointer).toBe('/dataset_query');
      expect(textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin)).toMatch(/^(type: query|database: Shop)\n/);
    }
  });

  test('name their database by name, without its secrets', () => {
    for (const { connection, role } of queries.values()) {
      if (role !== 'filter') expect(connection).toEqual({ id: null, name: 'Shop', engine: 'postgres', host: 'shop-db.internal', database: 'shop' });
    }
    expect(JSON.stringify([...queries.values()])).not.toMatch(/s3cr3t|metabase_ro/);
  });

  test('are recognised by their mark alone', () => {
    const file = (text: string, path = 'card.yaml'): number => source.recognises(new SourceFile(path, text), alone);
    expect(file('name: A\nserdes/meta:\n- {id: x, model: Card}\n')).toBeGreaterThan(0.9);
    expect(file('name: A\nserdes/meta:\n- {id: x, model: Channel}\n')).toBeGreaterThan(0.5);
    expect(file('name: A\nserdes/meta: yes\n')).toBe(0);
    expect(file('# serdes/meta\nversion: 2\nmodels: []\n')).toBe(0);
    expect(file('serdes/meta: [', 'card.yaml')).toBe(0);
  });
});

test('an archive is read like its folder, its members named', async () => {
  const root = join(fixtures, 'metabase/serialisation');
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.yaml'));
  const entries = await Promise.all(names.map(async (name) => ({ header: { name: `export/${name}`, size: 0, type: 'file' as const }, body: await readFile(join(root, name), 'utf8') })));
  const archive = gzipSync(await packTar(entries.map(({ header, body }) => ({ header: { ...header, size: Buffer.byteLength(body) }, body }))));
  const directory = await folder({ 'metabase.tgz': archive });
  const { queries: packed, gaps } = await readSources([{ path: 'metabase.tgz', tool: null, store: null }], { baseDirectory: directory });
  expect(gaps).toEqual([]);
  expect(packed.map(({ id }) => id)).toEqual([...queries.keys()].toSorted());
  expect(packed.find(({ id }) => id.endsWith('ExPaidOrdersModelxx05'))?.origin).toEqual({
    file: 'metabase.tgz!/export/collections/main/sales/paid_orders.yaml', pointer: '/dataset_query/stages/0/native', line: 12, column: 14,
  });
});

describe('cards of a serialisation', () => {
  test('carry what is known of them', () => {
    expect(query('AxSackBiyXVRUzMxTyyQ1')).toMatchObject({
      title: 'Late orders',
      description: 'Orders that wait, by status.',
      container: { kind: 'collection', id: 'Vg58R8kQddHWA7x47umnQ', title: 'Sales' },
      owners: [TOM],
      isPublic: true,
      lifecycle: 'active',
      usage: null,
      schedule: null,
      problems: [],
    });
  });

  test('know their dashboards, as cards, as series and as questions that live there', () => {
    const dashboard = { kind: 'dashboard', id: 'DxSalesDashboardMain4', title: 'Sales at a glance', within: { kind: 'collection', id: 'Vg58R8kQddHWA7x47umnQ', title: 'Sales' } };
    for (const part of ['BxRevenueByMonthOld02', 'FxRevenueMetricxxxx06', 'CxRevenueByMonthNew03']) {
      // An embedded dashboard needs a signature: it is not public.
      expect([query(part).container, query(part).isPublic], part).toEqual([dashboard, false]);
    }
    expect(query('GxBestCustomersxxxx07').isPublic).toBe(false);
  });

  test('in a document name it', () => {
    expect(query('HxScratchOfInesxxxx08').container).toEqual({ kind: 'notebook', id: 'KxQuarterReviewDocx01', title: 'Quarter review' });
  });

  test('in an archived collection are archived, and in a personal one have its owner', () => {
    expect(query('LxParcelsOfTheDayxx10').lifecycle).toBe('archived');
    expect(query('HxScratchOfInesxxxx08').lifecycle).toBe('archived');
    const files = {
      'a.yaml': "name: Ines\nentity_id: pErSonalxxxxxxxxxxxx1\npersonal_owner_id: ines.krall@shop.example\nserdes/meta: [{model: Collection, id: pErSonalxxxxxxxxxxxx1}]\n",
      'b.yaml': 'name: Below\nentity_id: bElowxxxxxxxxxxxxxxx2\nparent_id: pErSonalxxxxxxxxxxxx1\nserdes/meta: [{model: Collection, id: bElowxxxxxxxxxxxxxxx2}]\n',
      'c.yaml': "name: Q\nentity_id: c1\ncollection_id: bElowxxxxxxxxxxxxxxx2\ncreator_id: tom.reuter@shop.example\ndataset_query: {type: native, database: Shop, native: {query: select 1}}\nserdes/meta: [{model: Card, id: c1}]\n",
    };
    expect(read(files)[0]?.owners).toEqual([TOM, { name: 'ines.krall@shop.example', via: 'collection' }]);
  });

  test('have their tags in a map or a list, and fields by their path', () => {
    expect(sqlOf('ExPaidOrdersModelxx05')).toBe("select o.id, o.customer_id,\n       o.total from public.orders o\n where o.status = 'PAID'");
    expect(sqlOf('AxSackBiyXVRUzMxTyyQ1', 'maximal')).toContain('and "public"."orders"."created_at" >= TIMESTAMP');
  });

  test('include snippets within snippets; a clause whose tags have a stored value stays', () => {
    expect(sqlOf('AxSackBiyXVRUzMxTyyQ1')).toBe(
      "select o.id, o.total\nfrom public.orders o\nwhere o.status <> 'DONE' and o.created_at > now() - interval '90 days'\n    and o.status = 'OPEN'  \n  ",
    );
  });

  test('ask the same in both languages, through the foreign key', () => {
    const old = 'SELECT DATE_TRUNC(\'month\', "public"."orders"."created_at") AS "created_at", "customers__via__customer_id"."country" AS "customers__via__customer_id__country", SUM("public"."orders"."total") AS "sum" ' +
      'FROM "public"."orders" LEFT JOIN "public"."customers" AS "customers__via__customer_id" ON "public"."orders"."customer_id" = "customers__via__customer_id"."id" WHERE "public"."orders"."total" > 50 ' +
      'GROUP BY DATE_TRUNC(\'month\', "public"."orders"."created_at"), "customers__via__customer_id"."country" ORDER BY DATE_TRUNC(\'month\', "public"."orders"."created_at") ASC, "customers__via__customer_id"."country" ASC';
    expect(sqlOf('BxRevenueByMonthOld02')).toBe(old);
    expect(sqlOf('CxRevenueByMonthNew03', 'joined tables')).toBe(old);
  });

  test('read other cards by their entity id, and join tables in the order of their columns', () => {
    expect(sqlOf('GxBestCustomersxxxx07')).toBe(
      'SELECT "Customers"."email" AS "Customers__email", SUM("source"."total") AS "sum" FROM (select o.id, o.customer_id,\n       o.total from public.orders o\n where o.status = \'PAID\') AS "source" ' +
        'INNER JOIN (SELECT "public"."customers"."id" AS "id", "public"."customers"."email" AS "email", "public"."customers"."country" AS "country" FROM "public"."customers") AS "Customers" ' +
        'ON "source"."customer_id" = "Customers"."id" GROUP BY "Customers"."email" ORDER BY "sum" DESC, "Customers"."email" ASC LIMIT 20',
    );
  });

  test('expand segments, measures and metrics', () => {
    expect(sqlOf('JxBasketsOfBigOrderx9')).toBe(
      'SELECT "public"."orders"."status" AS "status", AVG("public"."orders"."total") AS "basket", SUM(CASE WHEN "public"."orders"."status" = \'PAID\' THEN "public"."orders"."total" ELSE 0.0 END) AS "revenue" ' +
        'FROM "public"."orders" WHERE "public"."orders"."total" > 1000 GROUP BY "public"."orders"."status" ORDER BY "public"."orders"."status" ASC',
    );
  });
});

describe('what is no card', () => {
  test('is a statement of its own: segments, measures, actions that write', () => {
    expect(sqlOf('sEgMentBigOrdersxxxx1')).toBe('SELECT 1 AS "value" FROM "public"."orders" WHERE "public"."orders"."total" > 1000');
    expect(sqlOf('mEaSureAverageBasket1')).toBe('SELECT AVG("public"."orders"."total") AS "avg" FROM "public"."orders"');
    expect(query('sEgMentBigOrdersxxxx1')).toMatchObject({ reconstructed: true, raw: '', title: 'Big orders', owners: [TOM] });
    expect(sqlOf('aCtionCancelOrderxxx1')).toBe("update public.orders set status = 'CANCELLED' where id = 1");
  });

  test('runs when its job does, and has the owner that it names', () => {
    expect(query('tRanSformDailySalesx1')).toMatchObject({
      schedule: '0 0 3 * * ? *',
      owners: [{ name: 'finance@shop.example', via: 'owner-field' }, TOM],
      raw: "select date_trunc('day', created_at) as day, sum(total) as total\nfrom public.orders\ngroup by 1\n",
    });
  });

  test('and is a program is told with the tables that it lists', () => {
    expect(query('tRanSformForecastxxx2')).toMatchObject({
      variants: [{ label: 'reads "public"."orders"', sql: 'SELECT * FROM "public"."orders"' }],
      problems: [{ code: 'dynamic-sql', message: 'a Python program computes this table; only the tables that it lists as its sources are known' }],
    });
  });

  test('snippets stand by themselves only where no card includes them, as drafts', () => {
    const snippet = query('sNiPpEtLargeOrdersxx3');
    expect(snippet).toMatchObject({ lifecycle: 'draft', sqlKind: 'predicate', title: 'large orders', owners: [TOM] });
    expect(snippet.variants[0]?.sql).toBe("SELECT 1 WHERE (\n      o.total > 1000\n  and o.status = 'PAID'\n)");
  });

  test.each([
    ["o.status = 'PAID'", 'predicate', "SELECT 1 WHERE (\no.status = 'PAID'\n)"],
    ['select 1 from orders', 'statement', 'select 1 from orders'],
    ['(select id from orders)', 'relation', 'SELECT * FROM (select id from orders) AS snippet'],
    ['left join customers c on c.id = o.customer_id', 'relation', 'SELECT * FROM snippet left join customers c on c.id = o.customer_id'],
    ['public.orders o join customers c on c.id = o.id', 'relation', 'SELECT * FROM public.orders o join customers c on c.id = o.id'],
    ['coalesce(total, 0)', 'expression', 'SELECT (\ncoalesce(total, 0)\n) AS value'],
    ["and total > 5 -- dear", 'predicate', 'SELECT 1 WHERE (\n    total > 5 -- dear\n)'],
  ])('a snippet %j is read as %s', (content, kind, sql) => {
    const text = JSON.stringify([{ id: 1, name: 's', content, archived: false }]);
    const [found] = read({ 'snippets.json': text });
    expect([found?.sqlKind, found?.variants[0]?.sql]).toEqual([kind, sql]);
    expect(() => parseSync(sql)).not.toThrow();
  });
});
