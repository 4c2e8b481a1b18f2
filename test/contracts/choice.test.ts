import { describe, expect, test } from 'vitest';
import type { ConsumerConfiguration } from '../../src/model/configuration.js';
import { statistics } from '../support/estate.js';
import { cardOf, CASEWORK, consumerOf, only, proposed } from './support.js';

describe('the view', () => {
  test('that is there serves who needs nothing more, under its own names of columns', async () => {
    const proposal = only(await proposed({ queries: [cardOf('Latest changes', 'SELECT case_id, updated_at FROM app.case_file ORDER BY updated_at DESC')] }));
    expect(proposal).toMatchObject({ view: 'integration.v_case_state_v1', replaces: null, version: 1, create: '', registryRow: '', relations: ['app.case_file'] });
    expect(consumerOf([proposal], 'Latest changes').after).toBe('SELECT case_id, source_record_updated_at AS updated_at FROM integration.v_case_state_v1 ORDER BY updated_at DESC');
  });

  test('is the next version of the one that lacks columns, and keeps all that one gives', async () => {
    const proposal = only(await proposed({ queries: [cardOf('Days to close', "SELECT avg(closed_at - opened_at) FROM app.case_file WHERE status = 'CLOSED'")] }));
    expect(proposal).toMatchObject({ view: 'integration.v_case_state_v2', replaces: 'integration.v_case_state_v1', version: 2 });
    expect(proposal.columns.map(({ name, source }) => [name, source])).toEqual([
      ['case_id', 'app.case_file.case_id'], ['status', 'app.case_file.status'], ['region_code', 'app.case_file.region_code'], ['opened_at', 'app.case_file.opened_at'],
      ['source_record_updated_at', 'app.case_file.updated_at'], ['closed_at', 'app.case_file.closed_at'],
    ]);
    expect(proposal.columns.at(-1)?.usedBy).toEqual([expect.stringContaining('Days to close')]);
    expect(proposal.columns[0]?.usedBy).toEqual([]);
  });

  test('is the first one of a relation that no contract shows, with the columns that are used and no other', async () => {
    const proposals = await proposed({ queries: [cardOf('Notes a day', 'SELECT count(*) FROM app.note WHERE case_id > 7')] });
    expect(only(proposals)).toMatchObject({
      concept: 'note', view: 'integration.v_note_v1', replaces: null, version: 1,
      create: 'CREATE VIEW integration.v_note_v1 AS SELECT case_id\nFROM app.note;',
    });
  });

  test('has the key where its readers need no column', async () => {
    expect(only(await proposed({ queries: [cardOf('All notes', 'SELECT count(*) FROM app.note')] })).columns.map(({ name }) => name)).toEqual(['note_id']);
  });

  test('goes where the configuration has contracts, in a schema that is made where there is none', async () => {
    const ddl = 'CREATE SCHEMA app; CREATE TABLE app.note (note_id bigint PRIMARY KEY, body text)';
    const proposal = only(await proposed({ ddl, queries: [cardOf('Notes', 'SELECT body FROM app.note')], configuration: { zones: [{ zone: 'contract', patterns: ['published.v_*'] }] } }));
    expect(proposal.create).toBe('CREATE SCHEMA IF NOT EXISTS published;\n\nCREATE VIEW published.v_note_v1 AS SELECT body\nFROM app.note;');
  });

  test('of a contract that was deprecated takes nobody in', async () => {
    const registered = { name: 'v_case_state_v1', version: '1', owner: 'Case Platform Team', policy: 'BACKWARD', columns: null, deprecatedAt: '2026-01-01T00:00:00Z' };
    const proposal = only(await proposed({ queries: [cardOf('Open cases', 'SELECT status FROM app.case_file')], store: { contractRegistry: { relation: 'integration.data_contract_registry', rows: [registered] } } }));
    expect(proposal).toMatchObject({ view: 'integration.v_case_file_v1', replaces: null });
  });

  test('that leaves out rows serves only who leaves them out as well', async () => {
    const ddl = `${CASEWORK}; CREATE VIEW integration.v_live_note_v1 AS SELECT note_id, case_id FROM app.note WHERE deleted_at IS NULL`;
    const proposals = await proposed({
      ddl, queries: [cardOf('Live notes', 'SELECT n.case_id FROM app.note n WHERE n.deleted_at IS NULL'), cardOf('All notes ever', 'SELECT case_id FROM app.note')],
    });
    expect(proposals.map(({ view, consumers }) => [view, consumers.map(({ consumer }) => consumer.replace(/^metabase card \d+ /, ''))])).toEqual([['integration.v_note_v1', ['Live notes', 'All notes ever']]]);
    const withColumn = ddl.replace('SELECT note_id, case_id FROM app.note WHERE', 'SELECT note_id, case_id, deleted_at FROM app.note WHERE');
    const again = await proposed({ ddl: withColumn, queries: [cardOf('Live notes', 'SELECT n.case_id FROM app.note n WHERE n.deleted_at IS NULL'), cardOf('All notes ever', 'SELECT case_id FROM app.note')] });
    expect(again.map(({ view, consumers }) => [view, consumers.map(({ consumer }) => consumer.replace(/^metabase card \d+ /, ''))])).toEqual([
      ['integration.v_live_note_v1', ['Live notes']],
      ['integration.v_note_v1', ['All notes ever']],
    ]);
  });

  test.each([
    ['groups', 'SELECT case_id, count(*) AS notes FROM app.note GROUP BY case_id'],
    ['joins', 'SELECT n.note_id, n.case_id FROM app.note n JOIN app.case_file c USING (case_id)'],
    ['shows repeated rows once', 'SELECT DISTINCT case_id FROM app.note'],
    ['is cut off', 'SELECT note_id, case_id FROM app.note LIMIT 10'],
  ])('that %s is no stand-in', async (_, definition) => {
    const proposal = only(await proposed({ ddl: `${CASEWORK}; CREATE VIEW integration.v_note_summary_v1 AS ${definition}`, queries: [cardOf('Notes', 'SELECT case_id FROM app.note')] }));
    expect(proposal.view).toBe('integration.v_note_v1');
  });
});

describe('conditions', () => {
  const first = cardOf('Open cases', "SELECT count(*) FROM app.note WHERE deleted_at IS NULL AND body <> ''");
  const second = cardOf('Notes of a case', 'SELECT n.body FROM app.case_file c JOIN app.note n ON n.case_id = c.case_id AND n.deleted_at IS NULL WHERE c.case_id = 7');

  test('that all readers set are in the view, and that is said', async () => {
    const proposals = await proposed({ queries: [first, second], only: { relation: 'app.note' } });
    const proposal = only(proposals);
    expect(proposal.predicates).toEqual(['deleted_at is null']);
    expect(proposal.create).toContain('WHERE\n  deleted_at IS NULL');
    expect(proposal.odcs.text).toContain('limitations: Only rows with deleted_at is null');
    expect(proposal.notes.join('\n')).toContain('all of its readers ask for deleted_at is null');
  });

  test('of a single reader, of an outer join and with a clock stay where they are', async () => {
    expect(only(await proposed({ queries: [first] })).predicates).toEqual([]);
    const outer = cardOf('Cases with notes', 'SELECT c.case_id FROM app.case_file c LEFT JOIN app.note n ON n.case_id = c.case_id WHERE n.deleted_at IS NULL');
    expect(only(await proposed({ queries: [first, outer], only: { relation: 'note' } })).predicates).toEqual([]);
    const clock = (title: string) => cardOf(title, 'SELECT count(*) FROM app.note WHERE deleted_at < now()');
    expect(only(await proposed({ queries: [clock('Old notes'), clock('Old notes again')] })).predicates).toEqual([]);
  });
});

describe('personal data and secrets', () => {
  test('a name that somebody shows is in the contract and marked; a secret never is', async () => {
    const proposals = await proposed({
      queries: [
        cardOf('Officers', 'SELECT full_name FROM app.officer'),
        cardOf('Officers without a password', 'SELECT count(*) FROM app.officer WHERE password_hash IS NULL'),
      ],
    });
    const proposal = only(proposals);
    expect(proposal.columns).toEqual([{ name: 'full_name', source: 'app.officer.full_name', type: 'text', personal: 'full_name', usedBy: [expect.stringContaining('Officers')] }]);
    expect(proposal.create).toContain("COMMENT ON COLUMN integration.v_officer_v1.full_name IS 'personal data: full_name'");
    expect(consumerOf(proposals, 'without a password')).toMatchObject({ after: null, unchanged: 'it uses the secret app.officer.password_hash, and secrets never go into a contract', verdict: null });
    expect(JSON.stringify([proposal.columns, proposal.create, proposal.odcs, proposal.registryRow])).not.toContain('password_hash');
  });

  test('an address that is only counted is left out, with the pseudonym that would do', async () => {
    const proposals = await proposed({ queries: [cardOf('Distinct addresses', 'SELECT count(DISTINCT email) FROM app.officer')] });
    expect(consumerOf(proposals, 'Distinct addresses').unchanged).toContain('it uses app.officer.email (email) without showing it');
    expect(only(proposals).notes.join('\n')).toContain("encode(hmac(email::text, key, 'sha256'), 'hex')");
  });

  test('all columns of a table with a secret are not moved, whoever asks for them', async () => {
    const proposals = await proposed({ queries: [cardOf('Officers in full', 'SELECT * FROM app.officer')] });
    expect(consumerOf(proposals, 'Officers in full').unchanged).toContain('the secret app.officer.password_hash');
  });
});

describe('who reads', () => {
  test('the application and who keeps the store in order are not outside', async () => {
    const text = 'SELECT body FROM app.note WHERE note_id = $1';
    const application = configured([{ match: { role: 'case_app' }, purpose: 'application', owner: 'Case Platform Team' }]);
    expect(await proposed({ queries: [], store: { statements: [statistics(text, { role: 'case_app' })] }, configuration: application })).toEqual([]);
  });

  test('a loader and a person are, and what they change is not read through a contract', async () => {
    const configurationOf = configured([{ match: { role: 'warehouse_loader' }, purpose: 'loader', owner: 'Data Platform Team' }]);
    const statements = [
      statistics('SELECT note_id, body FROM app.note WHERE note_id > $1', { role: 'warehouse_loader' }),
      statistics('UPDATE app.officer SET full_name = $1 WHERE officer_id = $2', { role: 'warehouse_loader' }),
    ];
    const proposals = await proposed({ queries: [], store: { statements }, configuration: configurationOf });
    expect(proposals.map(({ view }) => view)).toEqual(['integration.v_note_v1']);
    expect(consumerOf(proposals, 'warehouse_loader')).toMatchObject({ owner: 'Data Platform Team', origin: null, after: 'SELECT note_id, body FROM integration.v_note_v1 WHERE note_id > $1' });
  });

  test('views with the most consumers come first', async () => {
    const proposals = await proposed({ queries: [cardOf('Notes', 'SELECT body FROM app.note'), cardOf('Open', 'SELECT status FROM app.case_file'), cardOf('Closed', 'SELECT status FROM app.case_file WHERE closed_at IS NOT NULL'), cardOf('By day', 'SELECT closed_at FROM app.case_file')] });
    expect(proposals.map(({ view, consumers }) => [view, consumers.length])).toEqual([['integration.v_case_state_v2', 2], ['integration.v_case_state_v1', 1], ['integration.v_note_v1', 1]]);
  });
});

function configured(consumers: ConsumerConfiguration[]): { consumers: ConsumerConfiguration[] } {
  return { consumers };
}
