import { beforeAll, describe, expect, test } from 'vitest';
import { applyMigrations, readMigrations } from '../../src/migrations/index.js';
import type { Catalog } from '../../src/model/catalog.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { SCHEMA } from './oracle-cases.js';

let catalog: Catalog;

beforeAll(async () => {
  catalog = await catalogFromDdl(SCHEMA);
});

/** Each change without its place, and the reasons for what is not known. */
async function told(sql: string) {
  const { changes, unknown } = await applyMigrations(catalog, await readMigrations([{ path: 'deploy.sql', text: sql }]));
  return { changes: changes.map((change): Record<string, unknown> => Object.fromEntries(Object.entries(change).filter(([key]) => key !== 'place'))), unknown: unknown.map(({ why }) => why) };
}

describe('changes', () => {
  test('of a list of values tell what came, went and is called otherwise', async () => {
    expect(await told("alter type app.case_status add value 'REOPENED'; alter type app.case_status rename value 'WAITING' to 'ON_HOLD'")).toMatchObject({
      changes: [
        { kind: 'values-changed', relation: 'app.case_file', column: 'status', added: ['REOPENED'], removed: [], renamed: [] },
        { kind: 'values-changed', relation: 'app.case_file', column: 'status', added: [], removed: [], renamed: [{ from: 'WAITING', to: 'ON_HOLD' }] },
      ],
      unknown: [],
    });
  });

  test.each([
    "check (priority in ('low', 'high', 'urgent'))", "check (priority = any (array['low'::text, 'high', 'urgent']))", "check (priority = 'low' or priority = 'high' or (priority = 'urgent') or priority is null)",
    "check ((priority)::text = any ((array['low'::varchar, 'high'::varchar, 'urgent'::varchar])::text[]))",
  ])('of a CHECK that takes the place of another, %s', async (check) => {
    const { changes } = await told(`alter table app.case_file drop constraint case_file_check; alter table app.case_file add constraint p ${check}`);
    expect(changes.filter((change) => change['kind'] === 'values-changed')).toEqual([
      { kind: 'values-changed', relation: 'app.case_file', column: 'priority', added: ['urgent'], removed: ['normal'], renamed: [], by: 'the check p' },
    ]);
  });

  test('of rows tell the columns and the condition', async () => {
    expect(await told("update app.case_file set priority = 'high', closed_at = now() where fee > 10 returning case_id; truncate licence; delete from licence; insert into licence (id) values (1)")).toEqual({
      changes: [
        { kind: 'rows-changed', relation: 'app.case_file', columns: ['priority', 'closed_at'], verb: 'update', condition: 'fee > 10' },
        { kind: 'rows-changed', relation: 'public.licence', columns: [], verb: 'truncate', condition: null },
        { kind: 'rows-changed', relation: 'public.licence', columns: [], verb: 'delete', condition: null },
        { kind: 'rows-changed', relation: 'public.licence', columns: ['id'], verb: 'insert', condition: null },
      ],
      unknown: [],
    });
  });

  test('of who may see what are told', async () => {
    const { changes, unknown } = await told('grant select on licence to bi; revoke select on licence from bi; alter table licence enable row level security; create policy own on licence for select to bi using (holder = current_user); alter policy own on licence using (true); drop policy own on licence; create publication feed for table licence (id, kind); alter publication feed set table licence (id); drop publication feed');
    expect(changes.map((change) => change['kind'])).toEqual(['privilege-granted', 'privilege-revoked', 'row-security-changed', 'policy-added', 'policy-changed', 'policy-dropped', 'publication-changed', 'publication-changed', 'publication-changed']);
    expect(changes[7]).toEqual({ kind: 'publication-changed', relation: 'public.licence', publication: 'feed', columnsAdded: [], columnsRemoved: ['kind'], removed: false });
    expect(unknown).toEqual([]);
  });

  test('of a view that is dropped and made again are one', async () => {
    const { changes } = await told('drop view reporting.case_by_team; drop view app.open_case; create view app.open_case as select case_id from app.case_file');
    expect(changes).toMatchObject([{ kind: 'relation-dropped', relation: 'reporting.case_by_team' }, { kind: 'view-replaced', relation: 'app.open_case' }]);
  });

  test('of the statements of a session are none', async () => {
    expect(await told('begin; set local lock_timeout = 100; commit; select set_config(\'x.y\', \'1\', true)')).toEqual({ changes: [], unknown: [] });
  });

  test('have the place of their statement, and leave the given catalogue as it was', async () => {
    const before = structuredClone(catalog);
    const { changes } = await applyMigrations(catalog, await readMigrations([{ path: 'deploy.sql', text: '\n\nalter table licence\n  drop column kind;' }]));
    expect(changes[0]?.place).toEqual({ file: 'deploy.sql', line: 3, text: 'alter table licence drop column kind' });
    expect(catalog).toEqual(before);
  });
});

test('what is not known is said, with the next step', async () => {
  const { unknown } = await told([
    "do $$ begin if exists (select from pg_class) then execute 'drop table licence'; end if; end $$", 'call app.tidy()', 'select app.rebuild()', 'drop table nowhere', 'alter table app.case_file alter column opened_at type date', 'drop table app.case_file',
    'ALTER TABLE licence MODIFY COLUMN kind VARCHAR(10)', 'drop extension pgcrypto', 'alter table licence disable trigger all', 'alter table licence drop constraint nothing',
  ].join(';\n'));
  expect(unknown.join('\n')).toMatchInlineSnapshot(`
    "a DO block decides when it runs what it does; read it, and give its statements as plain SQL to have them looked at
    it calls app.tidy, which may change anything; look at what the procedure does
    it calls rebuild, which may change anything; look at what it does
    the catalogue has no relation nowhere: its effect is not known; give the migrations that come before, or a newer bundle
    fails: the view app.open_case reads app.case_file.opened_at, and PostgreSQL changes no type of a column that a view reads; drop the view before and make it again after
    fails: the view app.open_case reads app.case_file; drop it before, or use CASCADE
    fails: the view reporting.fee_by_month reads app.case_file; drop it before, or use CASCADE
    fails: the view reporting.case_by_team reads app.case_file; drop it before, or use CASCADE
    cannot be read as PostgreSQL: syntax error at or near "MODIFY"
    the extension pgcrypto goes, with its types and functions: who uses them is not followed
    triggers or rules of public.licence are turned off: what they kept right is not kept any more
    the catalogue has no constraint nothing on public.licence: what it demanded is not known"
  `);
});
