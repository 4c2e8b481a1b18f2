import { expect, test } from 'vitest';
import { role, statistics } from '../support/estate.js';
import { cardOf, CASEWORK, only, proposed } from './support.js';

const CARD = cardOf('Notes', 'SELECT body FROM app.note');
const seen = (name: string) => statistics('SELECT body FROM app.note', { role: name });

test('row security does not pass through a view, and that is said first', async () => {
  const ddl = `${CASEWORK}; ALTER TABLE app.note ENABLE ROW LEVEL SECURITY; CREATE POLICY own_office ON app.note USING (case_id > 0)`;
  const [first] = only(await proposed({ ddl, queries: [CARD] })).notes;
  expect(first).toMatch(/^app\.note has row security \(.*\), and a view reads with the rights of its owner/);
});

test('who holds a right is told where it is not to be revoked from the reader itself', async () => {
  const notesFor = async (catalog: Parameters<typeof proposed>[0]['catalog']): Promise<string> => {
    const { notes, revokes } = only(await proposed({ queries: [CARD], store: { statements: [seen('board_reports')] }, ...(catalog ? { catalog } : {}) }));
    expect(revokes).toEqual([]);
    return notes.find((note) => note.startsWith('board_reports')) ?? '';
  };
  expect(await notesFor((catalog) => {
    catalog.roles.push(role('board_reports', { superuser: true }));
  })).toBe('board_reports is a superuser, from whom app.note cannot be kept: give these queries a role of their own');
  expect(await notesFor((catalog) => {
    catalog.roles.push(role('board_reports', { memberOf: ['readers'] }), role('readers', { memberOf: ['pg_read_all_data'] }), role('pg_read_all_data'));
  })).toBe('board_reports reads app.note by a right of pg_read_all_data, to which it belongs, which is to be taken away there');
  expect(await notesFor((catalog) => {
    catalog.roles.push(role('board_reports'));
    catalog.grants.push({ grantee: 'public', schema: 'app', relation: 'note', privileges: ['SELECT'] });
  })).toBe('board_reports reads app.note by a right of PUBLIC, which is to be taken away there');
});

test('a right stays until the last query of the role has moved', async () => {
  const { revokes, notes } = only(await proposed({
    queries: [CARD, cardOf('Locked notes', 'SELECT body FROM app.note FOR UPDATE')],
    store: { statements: [seen('metabase_ro'), statistics('SELECT body FROM app.note FOR UPDATE', { role: 'metabase_ro' })] },
    catalog: (catalog) => catalog.grants.push({ grantee: 'metabase_ro', schema: 'app', relation: 'note', privileges: ['SELECT'] }),
  }));
  expect(revokes).toEqual([]);
  expect(notes.join('\n')).toMatch(/metabase_ro must keep its rights on app\.note until metabase card \d+ Locked notes no longer names it/);
});

test('rights on some columns are revoked as they were given, and roles that may read the view need no grant', async () => {
  const { revokes, grants } = only(await proposed({
    queries: [cardOf('States', 'SELECT status FROM app.case_file')],
    store: { statements: [statistics('SELECT status FROM app.case_file', { role: 'metabase_ro' })] },
    catalog: (catalog) => catalog.grants.push(
      { grantee: 'metabase_ro', schema: 'app', relation: 'case_file', privileges: ['SELECT (case_id, status)', 'UPDATE'] },
      { grantee: 'metabase_ro', schema: 'integration', relation: 'v_case_state_v1', privileges: ['SELECT'] },
    ),
  }));
  expect(grants).toEqual([]);
  expect(revokes).toEqual(['REVOKE SELECT (case_id, status) ON app.case_file FROM metabase_ro;']);
});

test('a consumer that no role is known for is to be let in by hand', async () => {
  expect(only(await proposed({ queries: [CARD] })).notes.join('\n')).toMatch(/no role is known that runs metabase card \d+ Notes: grant it by hand/);
});

test('names from a database are quoted where they must be, and none ends a statement', async () => {
  const ddl = `CREATE SCHEMA app; CREATE TABLE app."Note; DROP TABLE x --" ("User" text, "a""b" text)`;
  const { create, consumers } = only(await proposed({ ddl, queries: [cardOf('Odd', `SELECT "User", "a""b" FROM app."Note; DROP TABLE x --"`)] }));
  expect(create).toBe('CREATE SCHEMA IF NOT EXISTS integration;\n\nCREATE VIEW integration."v_Note; DROP TABLE x --_v1" AS SELECT\n  "User",\n  "a""b"\nFROM app."Note; DROP TABLE x --";');
  expect(consumers[0]?.after).toBe(`SELECT "User", "a""b" FROM integration."v_Note; DROP TABLE x --_v1"`);
});

test('a view that reads with the rights of who asks keeps row security only where the next one does, too', async () => {
  const ddl = `${CASEWORK}; ALTER TABLE app.note ENABLE ROW LEVEL SECURITY; CREATE POLICY own_office ON app.note USING (case_id > 0);
    CREATE VIEW app.open_note WITH (security_invoker = true) AS SELECT note_id, body FROM app.note WHERE deleted_at IS NULL`;
  const notesFor = async (options: string[]): Promise<string> => {
    const { notes } = only(await proposed({
      ddl,
      queries: [cardOf('Open notes', 'SELECT body FROM app.open_note')],
      catalog: ({ relations }) => {
        for (const relation of relations) if (relation.name === 'open_note') Object.assign(relation, { options, recordedColumns: ['app.note.body', 'app.note.deleted_at', 'app.note.note_id'] });
      },
    }));
    return notes.join('\n');
  };
  expect(await notesFor(['security_invoker=true'])).toContain('app.open_note reads with the rights of who asks (security_invoker) and app.note below it has row security');
  expect(await notesFor([])).not.toContain('security_invoker');
});

test('a name that no terminal shows is said, since its SQL finds nothing', async () => {
  const ddl = 'CREATE SCHEMA app; CREATE TABLE app."note\u001b[31m" (note_id bigint PRIMARY KEY)';
  expect(only(await proposed({ ddl, queries: [cardOf('Notes', 'SELECT note_id FROM app."note\u001b[31m"')] })).notes.join('\n')).toContain('holds characters that are not printed, so that this SQL does not find it: rename it first');
});

test('of many consumers a note names the first', async () => {
  const queries = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'].map((title) => cardOf(title, 'SELECT body FROM app.note'));
  expect(only(await proposed({ queries })).notes.join('\n')).toMatch(/no role is known that runs (metabase card \d+ \w+, ){2}metabase card \d+ \w+ and 3 more: grant it by hand/);
});
