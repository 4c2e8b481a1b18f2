import { afterAll, describe, expect, test } from 'vitest';
import { admitRows } from '../../../src/metrics/search/admit.js';
import { WorldStore } from '../../../src/metrics/search/evaluate.js';
import { WorldSource } from '../../../src/metrics/search/generate.js';
import { buildModel, collectFacts } from '../../../src/metrics/search/model.js';
import { worldQuery, type WorldQuery } from '../../../src/metrics/search/query.js';
import { Random } from '../../../src/metrics/search/random.js';
import { Relations } from '../../../src/metrics/search/references.js';
import { readTables } from '../../../src/metrics/search/tables.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';
import { closeEngine, definition, fill, inSpace, INSTANTS, plainAnswer, schemaOf } from './support.js';
import { createHash } from 'node:crypto';

afterAll(closeEngine);

const DDL = `
  create schema app;
  create type app.severity as enum ('low', 'high', 'critical');
  create table app.officer (officer_id integer primary key, name text not null, region text);
  create table app.case_file (
    case_id integer primary key, status text not null, severity app.severity, officer_id integer references app.officer,
    opened_at timestamptz not null, closed_at timestamptz, fee numeric(8,2), tags text[], detail jsonb, code char(4),
    fee_with_tax numeric(10,2) generated always as (fee * 1.2) stored,
    check ((status = 'CLOSED') = (closed_at is not null)));
  create table app.task (task_id integer primary key, case_id integer not null references app.case_file, done_on date, hours real);
  create view app.open_case as select case_id, status, officer_id, opened_at from app.case_file where status <> 'CLOSED';
  create view app.officer_load as select o.name, count(c.case_id) as cases from app.officer o left join app.open_case c using (officer_id) group by o.officer_id;
  create function app.is_urgent(app.severity) returns boolean language sql immutable as $$ select $1 in ('high', 'critical') $$;`;

const QUERIES = [
  `select count(*) from app.case_file`,
  `select count(*) from app.case_file where app.case_file.status = 'OPEN' -- only open ones`,
  `select app.case_file.* from app.case_file where app.case_file.case_id > 1`,
  `select c.status, count(*), sum(fee), avg(c.fee) from app.case_file as c group by 1 having count(*) > 1`,
  `select o.name, count(c.case_id) from app.officer o left join app.case_file c on c.officer_id = o.officer_id and c.status <> 'CLOSED' group by o.officer_id order by o.region`,
  `select o.officer_id, o.name, o.region, count(*) from app.officer o join app.case_file using (officer_id) group by o.officer_id`,
  `select count(*) from app.case_file c natural join app.officer`,
  `select * from app.officer natural left join app.case_file`,
  `select * from (app.case_file join app.task using (case_id)) as j where j.fee > 1`,
  `select count(*) from app.case_file c full join app.task t on t.case_id = c.case_id`,
  `select o.name, c.status from app.officer o right join app.case_file c on o.officer_id = c.officer_id cross join app.task`,
  `select count(*) from app.case_file c where exists (select 1 from app.task t where t.case_id = c.case_id and t.done_on is null)`,
  `select count(*) from app.case_file c where c.officer_id not in (select officer_id from app.officer where region = 'North')`,
  `select case_id, (select max(done_on) from app.task where app.task.case_id = app.case_file.case_id) from app.case_file`,
  `with open as (select * from app.case_file where closed_at is null), case_file as (select 1 as one) select count(*), (select count(*) from open) from case_file`,
  `with recursive days(d) as (select date '2024-01-14' union all select d + 1 from days where d < date '2024-01-18') select d, count(c.case_id) from days left join app.case_file c on c.opened_at::date = d group by d`,
  `select status, fee, row_number() over (partition by status order by fee, case_id), sum(fee) over w from app.case_file window w as (partition by severity)`,
  `select status from app.case_file where fee > 2 union select region from app.officer except all select 'OPEN'`,
  `select region from app.officer intersect select status from app.case_file`,
  `(select case_id from app.case_file order by case_id desc limit 1) union all select task_id from app.task`,
  `select distinct on (status) status, case_id from app.case_file order by status, opened_at desc, case_id`,
  `select c.case_id, l.n from app.case_file c cross join lateral (select count(*) n from app.task t where t.case_id = c.case_id) l`,
  `select c.case_id, tag from app.case_file c, unnest(c.tags) as tag`,
  `select count(*) from app.open_case`,
  `select * from app.officer_load where cases > 0`,
  `select l.name, l.cases from app.officer_load as l(name, cases) join app.officer o on o.name = l.name`,
  `select count(*) from app.case_file where opened_at >= now() - interval '30 days' and opened_at < current_date`,
  `select date_trunc('month', opened_at), count(*) filter (where closed_at < CURRENT_TIMESTAMP(0)) from app.case_file group by 1`,
  `select count(*) from app.case_file where opened_at > timestamptz 'now' - interval '1 year'`,
  `select count(*) from app.case_file where app.is_urgent(severity)`,
  `select max(severity), min(code), sum(fee_with_tax), bool_or(detail ? 'urgent') from app.case_file`,
  `select detail ->> 'source', count(*) from app.case_file group by rollup (1)`,
  `select severity, status, count(*) from app.case_file group by grouping sets ((severity), (severity, status), ())`,
  `select count(c), count(distinct c.officer_id) from app.case_file c`,
  `select count(*) from only app.case_file as c where c.status in ('OPEN', 'CLOSED')`,
  `select case when sum(hours) > 2 then 'many' else 'few' end from app.task t join "app"."case_file" "C" on "C".case_id = t.case_id`,
  `select a.case_id from app.case_file a join app.case_file b on a.status = b.status and a.case_id < b.case_id`,
  `select percentile_cont(0.5) within group (order by fee), string_agg(status, ',' order by case_id) from app.case_file`,
  `table app.officer`,
  `values (1, 'a'), ((select count(*) from app.task), 'b')`,
  `select extract(year from opened_at) as y, count(*) from app.case_file c group by y order by count(*) desc, y limit 2`,
];

/** Worlds in which each query is evaluated by itself on the real tables. */
const WORLDS = 14;

describe('the evaluation over many worlds at once', () => {
  test('answers what the text answers on real tables that hold the same rows', async () => {
    await inSpace(async (space) => {
      const schema = await schemaOf(space, DDL);
      const parse = await createPostgresParser();
      const relations = new Relations(schema, false);
      const zones = [null, 'Asia/Jakarta', 'America/New_York'];
      const definitions = await Promise.all(QUERIES.map(async (text, index) => await definition(text, zones[index % 3])));
      const facts = collectFacts(definitions, relations, parse);
      const tables = await readTables([...facts.used.keys()], schema, space);
      const store = new WorldStore(space, [...tables.values()]);
      await store.create();
      const queries: WorldQuery[] = [];
      for (const [index, each] of definitions.entries()) {
        const query = await worldQuery(each, index, { schema, space, relations, tables, parse, instants: INSTANTS });
        if (typeof query === 'string') throw new Error(`${each.text}: ${query}`);
        queries.push(query);
      }
      const source = new WorldSource(buildModel(tables, facts, schema, relations, parse, ['UTC']), new Random(11));
      await admitRows(source.rows, store);
      source.prepare(400);
      const worlds = source.next(120, 0.1);
      const first = await store.load(worlds);
      const refused = await store.refused(first, worlds.length);
      const admitted = [...worlds.keys()].filter((place) => !refused.has(place)).slice(0, WORLDS);
      expect(admitted).toHaveLength(WORLDS);
      const answers = [await store.evaluate(queries, first, worlds.length, 0), await store.evaluate(queries, first, worlds.length, 1)];
      let compared = 0;
      const reached = new Set<string>();
      for (const place of admitted) {
        await space.run('truncate app.task, app.case_file, app.officer cascade');
        await fill(space, schema, worlds[place] ?? {});
        for (const [index, each] of definitions.entries()) {
          const instant = place % 2;
          const rows = await plainAnswer(space, each, INSTANTS[instant] ?? null);
          const plain = `${rows.length}:${rows.length === 0 ? 'null' : createHash('md5').update(rows.toSorted().join('')).digest('hex')}`;
          const seen = answers[instant]?.[index]?.[place];
          expect({ query: each.text, world: worlds[place], answer: seen }).toMatchObject({ answer: { strict: plain } });
          reached.add(`${index} ${plain}`);
          compared += 1;
        }
      }
      expect(compared).toBe(WORLDS * QUERIES.length);
      // Agreement on nothing would show nothing.
      expect(reached.size).toBeGreaterThan(QUERIES.length * 3);
    });
  });
});
