import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricSchema } from '../../../src/metrics/definition.js';
import { catalogueDdl, ddlFromCatalog } from '../../../src/metrics/schema/ddl.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import type { Catalog } from '../../../src/model/catalog.js';
import type { ScratchEngine } from '../../../src/model/scratch-engine.js';
import { scratchEngine } from '../../../src/scratch/index.js';

let engine: ScratchEngine;

beforeAll(async () => {
  engine = scratchEngine('pglite');
  await (await engine.open()).close();
});

afterAll(async () => {
  await engine.close();
});

async function read(ddl: string, late = ''): Promise<MetricSchema> {
  const space = await engine.open();
  try {
    return await schemaFromDdl(space, ddl, late);
  } finally {
    await space.close();
  }
}

const CASEWORK = `
  create schema app;
  create type app.status as enum ('OPEN', 'it''s');
  create table app.team (team_id int primary key, lead_id int);
  create table app.officer (officer_id int primary key, team_id int not null references app.team, unique nulls not distinct (team_id));
  alter table app.team add constraint team_lead foreign key (lead_id) references app.officer;
  create function app.is_known(code text) returns boolean language sql immutable as $$ select code <> 'NONE' $$;
  create table app.case_file (
    case_id bigint primary key, status app.status not null, "Closed at" timestamptz, officer_id int references app.officer,
    code varchar(4) check (app.is_known(code)), fee numeric(10, 2), doubled numeric generated always as (fee * 2) stored,
    constraint closed_has_date check ((status = 'it''s') = ("Closed at" is not null)));
  create unique index one_open on app.case_file (officer_id) where status = 'OPEN';
  alter table app.case_file add constraint positive_fee check (fee > 0) not valid;
  create view app.open_case as select case_id, officer_id from app.case_file where status = 'OPEN';
  create view app.open_by_team as select team_id, count(*) as cases from app.open_case join app.officer using (officer_id) group by 1;
  create table app.unrelated (id int primary key);`;

/** What of a catalogue rows and answers depend on; order of columns in it included. */
function essence(catalog: Catalog): unknown {
  return {
    relations: catalog.relations.map(({ schema, name, kind, columns, definition }) => [schema, name, kind, columns.map(({ name: column, type, nullable, enumValues, generated }) => [column, type, nullable, enumValues, generated]), definition]),
    constraints: catalog.constraints,
    indexes: catalog.indexes,
  };
}

describe('the DDL of a catalogue', () => {
  test('makes the catalogue again', async () => {
    const { catalog } = await read(CASEWORK);
    const made = catalogueDdl(catalog);
    expect(made.doubts).toEqual([]);
    const again = await read(made.ddl, made.late);
    expect(again.failures).toEqual([]);
    expect(essence(again.catalog)).toEqual(essence(catalog));
    expect(again.late).toContain('positive_fee');
    expect(again.ddl).not.toContain('positive_fee');
  });

  test('of some relations has what they need and no more', async () => {
    const { catalog } = await read(CASEWORK);
    const { catalog: part, failures } = await read(ddlFromCatalog(catalog, ['app.open_by_team']));
    expect(failures).toEqual([]);
    expect(part.relations.map(({ name }) => name)).toEqual(['case_file', 'officer', 'open_by_team', 'open_case', 'team']);
    const { catalog: officers } = await read(ddlFromCatalog(catalog, ['app.officer']));
    expect(officers.relations.map(({ name }) => name)).toEqual(['officer', 'team']);
  });

  test('says what the catalogue does not tell', async () => {
    const { catalog } = await read(CASEWORK);
    const officer = catalog.relations.find(({ name }) => name === 'officer');
    const [first] = officer?.columns ?? [];
    if (!officer || !first) throw new Error('no officer');
    officer.columns.push({ ...first, name: 'badge', type: 'app.badge', nullable: true }, { ...first, name: 'address', type: 'app.address', baseType: 'text', nullable: true });
    catalog.constraints.push({ schema: 'app', relation: 'officer', name: 'asserted', kind: 'unique', columns: ['badge'], expression: null, references: null, validated: false, enforced: false });
    const made = catalogueDdl(catalog, ['app.officer']);
    expect(made.asserted.map(({ name }) => name)).toEqual(['asserted']);
    expect(made.doubts).toEqual([
      'the catalogue does not tell what the type app.badge of app.officer.badge is made of; it was taken for text',
      'the catalogue does not tell which values the domain app.address of app.officer.address admits',
    ]);
    expect((await read(made.ddl, made.late)).failures).toEqual([]);
  });
});
