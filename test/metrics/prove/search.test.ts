import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetricSchema } from '../../../src/metrics/definition.js';
import { prove } from '../../../src/metrics/prove/index.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import { search } from '../../../src/metrics/search/index.js';
import type { ScratchSpace } from '../../../src/model/scratch-engine.js';
import { scratchEngine } from '../../../src/scratch/index.js';
import { parsePostgres } from '../../../src/sql/parse/postgres.js';
import { mutationsOf } from './mutations.js';
import { DDL, definitionOf } from './support.js';

const QUERIES = [
  "select count(*) from case_file where status <> 'CLOSED' and urgent",
  "select count(*) from case_file where not (score >= 10 and score < 20) or fee > 9.99",
  'select count(distinct c.case_id) from case_file c left join event e on e.case_id = c.case_id where c.score > 1',
  'select r.code, count(*), sum(c.fee) from case_file c join region r on r.region_id = c.region_id where c.urgent group by 1',
  'select count(*) from case_file c left join officer o on o.officer_id = c.officer_id where o.active and c.closed_at is null',
  "select count(*) from case_file c where not exists (select 1 from event e where e.case_id = c.case_id and e.kind = 'APPEAL')",
  'select count(*) from case_file where officer_id not in (select officer_id from officer where active)',
  'select count(*) filter (where urgent) - count(*) filter (where not urgent and score > 5) from case_file',
  'select coalesce(sum(case when urgent then fee else 0 end), 0) from case_file where closed_at is null',
  'select avg(coalesce(discount, 0)), sum(discount) / nullif(count(discount), 0) from case_file',
  'select officer_id, count(*) from case_file where score > 1 group by 1 having count(*) > 1',
  'select case_id from case_file where urgent union all select case_id from case_file where not urgent',
  'select c.number, (select o.badge from officer o where o.officer_id = c.officer_id) from case_file c where c.fee > 1',
  'select number, rank() over (partition by region_id order by fee desc) from case_file',
];

const engine = scratchEngine('pglite');
let space: ScratchSpace;
let schema: MetricSchema;

beforeAll(async () => {
  space = await engine.open();
  schema = await schemaFromDdl(space, `${DDL}; set search_path = app, public;`);
  schema = { ...schema, searchPath: ['app', 'public'] };
}, 120_000);

afterAll(async () => {
  await space.close();
  await engine.close();
});

describe('what is proved of a query and a change of it', () => {
  it.each(QUERIES)('is contradicted by no database: %s', async (text) => {
    let seed = 11;
    const pick = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const original = await definitionOf(text);
    let proved = 0;
    for (const changed of mutationsOf(text, pick)) {
      // Not every change of the text is a query.
      if ((await parsePostgres(changed)).statements.length !== 1) continue;
      const other = await definitionOf(changed);
      if (!(await prove(original, other, schema, parsePostgres)).equal) continue;
      const found = await search([original, other], schema, space, { milliseconds: 400, worlds: 1_500 });
      expect({ changed, differences: found.differences }).toEqual({ changed, differences: [] });
      proved += 1;
    }
    // Both wrappers, at the least, say the same as the query.
    expect(proved).toBeGreaterThanOrEqual(2);
  }, 60_000);
});
