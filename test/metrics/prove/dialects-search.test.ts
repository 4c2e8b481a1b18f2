import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition, MetricSchema } from '../../../src/metrics/definition.js';
import { prove } from '../../../src/metrics/prove/index.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import { search } from '../../../src/metrics/search/index.js';
import type { ScratchSpace } from '../../../src/model/scratch-engine.js';
import { scratchEngine } from '../../../src/scratch/index.js';
import { POSTGRES, dialectOf } from '../../../src/sql/dialect.js';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';
import { mutationsOf } from './mutations.js';

const DDL = `
create table officer (officer_id bigint primary key, badge varchar, active boolean not null);
create table case_file (
  case_id bigint primary key, status varchar not null, stage enum('FILED', 'DRAFT', 'DECIDED') not null, officer_id bigint references officer (officer_id), urgent boolean,
  opened_at timestamp not null, closed_at timestamp, due_on date, fee decimal(10,2) not null, discount decimal(10,2), score integer,
  check ((status = 'CLOSED') = (closed_at is not null)), check (score > 0));
`;

const QUERIES = [
  "select count(*) from case_file where status <> 'CLOSED' and urgent",
  'select count(*) from case_file where not (score >= 10 and score < 20) or fee > 9.99',
  'select sum(fee) / sum(score) from case_file where closed_at is null',
  'select sum(score / 2), count(*) from case_file where score / 4 >= 1',
  "select stage, count(*), sum(fee) from case_file where stage <> 'FILED' group by all",
  "select count_if(urgent), sum(status = 'OPEN') from case_file",
  'select avg(coalesce(discount, 0)), sum(discount) / nullif(count(discount), 0) from case_file',
  'select case_id from case_file where urgent qualify row_number() over (partition by officer_id order by fee desc, case_id) = 1',
  'select c.stage, count(*) from case_file c left join officer o using (officer_id) where o.active and c.score > 1 group by c.stage',
  "select date_trunc('month', due_on), count(*) from case_file where due_on >= '2024-01-31' and due_on < '2024-03-01' group by 1",
  'select case_id from case_file where score % 2 = 1 order by discount desc, case_id limit 2',
  'select count(*) filter (where urgent) - count(*) filter (where not urgent and score > 5) from case_file',
];

const engine = scratchEngine('duckdb');
const DUCKDB = dialectOf('duckdb') ?? POSTGRES;
let parsers: Parsers;
let space: ScratchSpace;
let schema: MetricSchema;

beforeAll(async () => {
  parsers = await createParsers();
  space = await engine.open();
  schema = await schemaFromDdl(space, DDL);
}, 60_000);

afterAll(async () => {
  await space.close();
  await engine.close();
  await parsers.close();
});

async function definition(text: string): Promise<Definition | null> {
  await parsers.prepare(DUCKDB, [text]);
  const [parsed, more] = parsers.parse(DUCKDB)(text).statements;
  return parsed === undefined || more !== undefined ? null : { text, statement: parsed.statement, dialect: 'duckdb', timeZone: null };
}

describe('what is proved of a query in DuckDB and a change of it', () => {
  it.each(QUERIES)('is contradicted by no database: %s', async (text) => {
    let seed = 7;
    const pick = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const original = await definition(text);
    if (original === null) throw new Error(text);
    let proved = 0;
    for (const changed of mutationsOf(text, pick)) {
      const other = await definition(changed);
      if (other === null || !(await prove(original, other, schema, parsers.postgres)).equal) continue;
      const found = await search([original, other], schema, space, { milliseconds: 400, worlds: 600 });
      expect({ changed, differences: found.differences }).toEqual({ changed, differences: [] });
      proved += 1;
    }
    expect(proved).toBeGreaterThanOrEqual(2);
  }, 60_000);
});
