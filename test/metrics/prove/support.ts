import type { Definition, MetricSchema } from '../../../src/metrics/definition.js';
import { prove, type Proof } from '../../../src/metrics/prove/index.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import { scratchEngine } from '../../../src/scratch/index.js';
import { readDdl } from '../../../src/sql/parse/postgres/ddl.js';
import { parsePostgres } from '../../../src/sql/parse/postgres.js';

/** The case work of a regulator, with every kind of constraint that a proof can rest on. */
export const DDL = `
create schema app;
create type app.stage as enum ('DRAFT', 'FILED', 'DECIDED');
create table app.region (region_id bigint primary key, code text not null unique, country text);
create table app.officer (officer_id bigint primary key, badge text unique, region_id bigint references app.region (region_id), active boolean not null);
create table app.case_file (
  case_id bigint primary key, number text not null unique, reference text unique, status text not null, reason text, stage app.stage not null,
  region_id bigint not null references app.region (region_id), officer_id bigint references app.officer (officer_id),
  opened_at timestamp not null, closed_at timestamp, loaded_at timestamp not null, seen_at timestamptz, due_on date,
  fee numeric(10,2) not null, discount numeric(10,2), score integer, urgent boolean,
  constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)),
  constraint fee_positive check (fee >= 0));
create table app.event (case_id bigint not null references app.case_file (case_id), seq integer not null, kind text not null, actor bigint, happened_at timestamp not null, primary key (case_id, seq));
create table app.payment (payment_id bigint primary key, case_id bigint not null references app.case_file (case_id), amount numeric(10,2) not null, kind text not null check (kind in ('CHARGE', 'REFUND')));
create table app.note (case_id bigint, author bigint);
create view app.open_case as select * from app.case_file where status <> 'CLOSED';
`;

export async function schemaOf(ddl: string): Promise<MetricSchema> {
  const { catalog } = await readDdl(ddl);
  return { catalog, searchPath: ['app', 'public'], ddl, late: '', failures: [] };
}

export async function definitionOf(text: string, timeZone: string | null = null): Promise<Definition> {
  const { statements, diagnostics } = await parsePostgres(text);
  const statement = statements[0]?.statement;
  if (statement === undefined) throw new Error(`${text}: ${JSON.stringify(diagnostics)}`);
  return { text, statement, dialect: 'postgres', timeZone };
}

const read = new Map<string, Promise<MetricSchema>>();

/** The schema as the engine itself tells it: with what columns are generated from, and keys in which NULLs are equal. */
function engineSchema(ddl: string): Promise<MetricSchema> {
  const known = read.get(ddl);
  if (known !== undefined) return known;
  const schema = (async () => {
    const engine = scratchEngine('pglite');
    const space = await engine.open();
    const found = await schemaFromDdl(space, ddl);
    await engine.close();
    return found;
  })();
  read.set(ddl, schema);
  return schema;
}

let casework: Promise<MetricSchema> | null = null;

export async function proofOf(first: string, second: string, options: { ddl?: string; engine?: boolean; zones?: [string | null, string | null] } = {}): Promise<Proof> {
  casework ??= schemaOf(DDL);
  const schema = options.ddl === undefined ? await casework : await (options.engine === true ? engineSchema(options.ddl) : schemaOf(options.ddl));
  const [one, other] = options.zones ?? [null, null];
  return prove(await definitionOf(first, one), await definitionOf(second, other), schema, parsePostgres);
}

/** What a proof rests on, short: `not_null case_file.status`, `check closed_has_date`, `primary_key case_file`. */
export function restsOf({ restsOn }: Proof): string[] {
  return restsOn.map(({ kind, relation, name, columns }) => (kind === 'check' ? `check ${name ?? ''}` : kind === 'not_null' || kind === 'type' ? `${kind} ${relation}.${columns.join()}` : `${kind} ${relation}(${columns.join()})`)).toSorted();
}
