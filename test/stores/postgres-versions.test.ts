import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/model/catalog.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import { engine } from '../../src/stores/postgres.js';
import { resolveConnection } from '../../src/stores/postgres/connection.js';
import { CostMeter, Session, sessionSettings } from '../../src/stores/postgres/session.js';
import type { Reading, StatementReading, Store } from '../../src/stores/store.js';
import { z } from 'zod';
import { loadCasework } from '../support/casework-catalog.js';
import { installedServers, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

const servers = installedServers();
const absent = [13, 14, 15, 16, 17, 18].filter((major) => !servers.some((server) => server.major === major));
const tested = servers.map(({ major, label }) => `${major} (${label})`).join(', ');
console.info(`PostgreSQL versions under test: ${tested}${absent.length > 0 ? `; not installed: ${absent.join(', ')}` : ''}`);

describe.each(servers)('PostgreSQL $major', (binaries) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(binaries);
    await loadCasework(server);
    for (let call = 0; call < 5; call++) {
      await server.run(["set role casework_app", `select case_number from app.case_file where case_id = ${call}`], 'casework');
    }
    await server.run(['set role metabase', 'copy (select case_id from app.case_file where case_id = 4711) to stdout'], 'casework');
  });
  afterAll(() => server.stop());

  const openAs = (role: 'tidemark' | 'bare' | 'postgres'): Promise<Store> => {
    const passwords = { tidemark: 'spring tide', bare: 'neap tide', postgres: undefined };
    return engine.open({ name: 'production', url: server.url('casework', role, passwords[role]) }, noContext);
  };
  const look = async (role: 'tidemark' | 'bare' | 'postgres'): Promise<{ catalog: Reading<Catalog>; statements: Reading<StatementReading> }> => {
    const store = await openAs(role);
    try {
      return { catalog: await store.catalog(), statements: await store.statements() };
    } finally {
      await store.close();
    }
  };

  it('says what it is', async () => {
    const store = await openAs('tidemark');
    await store.close();
    expect(store.identity()).toMatchObject({ database: 'casework', inRecovery: false, role: 'tidemark', superuser: false });
    expect(store.identity().version).toMatch(new RegExp(`^${binaries.major}\\.\\d+$`));
  });

  it('reads relations, columns, keys and definitions', async () => {
    const { value, gaps } = (await look('tidemark')).catalog;
    expect(gaps).toEqual([]);
    expect(value.relations.map((r) => `${r.schema}.${r.name}: ${r.kind}`)).toEqual([
      'app.archived_case: foreign_table',
      'app.case_file: table',
      'app.officer: table',
      'app.transition: partitioned_table',
      'app.transition_2026: partition',
      'integration.case_v1: view',
      'read_model.open_cases: materialized_view',
    ]);
    const named = new Map(value.relations.map((relation) => [relation.name, relation]));
    expect(named.get('officer')).toMatchObject({ comment: 'Who decides a case.', owner: 'postgres', rows: 200 });
    expect(named.get('officer')?.columns[1]).toEqual({
      name: 'email',
      type: 'text',
      nullable: false,
      comment: 'work address',
      label: 'MASKED WITH FUNCTION anon.fake_email()',
      enumValues: null,
    });
    const caseFile = named.get('case_file');
    expect(caseFile).toMatchObject({ rows: 3000, rowSecurity: true, rowSecurityForced: false });
    expect(caseFile?.size_bytes).toBeGreaterThan(3000 * 50);
    const members = ['OPEN', 'IN_REVIEW', 'CLOSED'];
    expect(caseFile?.columns.map((c) => [c.name, c.type, c.nullable, c.enumValues])).toEqual([
      ['case_id', 'bigint', false, null],
      ['case_number', 'text', false, null],
      ['status', 'app.case_status', false, members],
      ['previous_status', 'app.required_status', false, members],
      ['officer_id', 'integer', true, null],
      ['opened_at', 'timestamp with time zone', false, null],
      ['closed_at', 'timestamp with time zone', true, null],
      ['fee', 'numeric(10,2)', true, null],
    ]);
    expect(named.get('transition_2026')?.partitionOf).toBe('app.transition');
    expect(named.get('transition')).toMatchObject({ rows: 1000, size_bytes: named.get('transition_2026')?.size_bytes });
    expect(named.get('open_cases')).toMatchObject({ rows: null, size_bytes: null });
    expect(named.get('case_v1')?.definition?.replace(/\s+/g, ' ')).toMatch(
      /^SELECT (case_file\.)?case_id, (case_file\.)?case_number, (case_file\.)?status FROM app\.case_file$/,
    );
  });

  it('reads which columns a view refers to, as the server has it', async () => {
    const { relations } = (await look('tidemark')).catalog.value;
    expect(relations.filter((r) => r.recordedColumns !== null).map((r) => [r.name, r.recordedColumns])).toEqual([
      ['case_v1', ['app.case_file.case_id', 'app.case_file.case_number', 'app.case_file.status']],
      ['open_cases', ['app.case_file.officer_id']],
    ]);
  });

  it('reads functions: the body of SQL, and of other languages only whether they build SQL', async () => {
    const { functions } = (await look('bare')).catalog.value;
    const shown = functions.map((f) => {
      const parameters = f.arguments.map(({ name, type, mode }) => [mode === 'in' ? '' : mode, name, type].filter(Boolean).join(' '));
      const result = f.columns ? `(${f.columns.map(({ name, type }) => `${name} ${type}`).join(', ')})` : f.returns;
      return `${f.kind} ${f.name}(${parameters.join(', ')})${f.defaults > 0 ? ` ${f.defaults} default` : ''} ${f.returnsSet ? 'set of ' : ''}${result} ${f.language}`;
    });
    const standard = ['function fees(out total numeric, out cases bigint) (total numeric, cases bigint) sql', 'function is_late(opened timestamp with time zone) boolean sql'];
    expect(shown).toEqual([
      'function address_of(number text) (street text, city text) sql',
      'procedure archive(before date, inout moved bigint) 1 default (moved bigint) plpgsql',
      'function case_age(opened timestamp with time zone, today date) 1 default integer sql',
      'function cases_of(officer integer, variadic statuses app.case_status[]) set of (case_id bigint, fee numeric) sql',
      ...(binaries.major >= 14 ? standard : []),
      'aggregate longest(text) text internal',
      'function open_cases() set of app.case_file plpgsql',
    ]);
    expect(functions.filter((f) => f.dynamic).map((f) => f.name)).toEqual(['archive']);
    const bodies = Object.fromEntries(functions.map((f) => [f.name, f.body?.replace(/\s+/g, ' ').trim() ?? null]));
    expect(bodies).toEqual({
      address_of: "select number, 'Vienna'",
      archive: null,
      case_age: 'select today - opened::date',
      cases_of: 'select c.case_id, c.fee from app.case_file c where c.officer_id = officer and c.status = any (statuses)',
      ...(binaries.major >= 14
        ? {
            fees: expect.stringMatching(/^SELECT sum\((case_file\.)?fee\) AS sum, count\(\*\) AS count FROM app\.case_file;$/),
            is_late: "SELECT (app.case_age(opened) > 30)",
          }
        : {}),
      longest: null,
      open_cases: null,
    });
  });

  it('reads constraints, NOT NULL among them, and indexes', async () => {
    const { value } = (await look('tidemark')).catalog;
    const constraints = value.constraints.filter((c) => c.relation === 'case_file');
    expect(constraints.map((c) => [c.name, c.kind, c.columns.join(', '), c.expression, c.validated])).toEqual([
      ['case_file_case_id_not_null', 'not_null', 'case_id', null, true],
      ['case_file_case_number_not_null', 'not_null', 'case_number', null, true],
      ['case_file_officer_id_fkey', 'foreign_key', 'officer_id', null, true],
      ['case_file_opened_at_not_null', 'not_null', 'opened_at', null, true],
      ['case_file_pkey', 'primary_key', 'case_id', null, true],
      ['case_file_status_not_null', 'not_null', 'status', null, true],
      ['closed_has_date', 'check', 'status, closed_at', "(status = 'CLOSED'::app.case_status) = (closed_at IS NOT NULL)", true],
      ['fee_is_positive', 'check', 'fee', '(fee > (0)::numeric) OR (fee IS NULL)', true],
      ['number_format', 'check', 'case_number', "case_number ~~ 'C-%'::text", false],
    ]);
    expect(constraints[2]?.references).toEqual({ schema: 'app', relation: 'officer', columns: ['officer_id'] });
    expect(value.indexes.find((i) => i.name === 'case_file_open')).toMatchObject({
      columns: ['opened_at', null],
      unique: false,
      valid: true,
      predicate: "status <> 'CLOSED'::app.case_status",
    });
    // Before 15 a collector process gets the counters over a socket, later.
    const scans = async (): Promise<number> => {
      const { indexes } = (await look('tidemark')).catalog.value;
      return indexes.find((i) => i.name === 'case_file_pkey')?.scans ?? -1;
    };
    await expect.poll(scans, { timeout: 20_000 }).toBeGreaterThanOrEqual(5);
  });

  it('reads roles, grants, policies, extensions and publications', async () => {
    const { value } = (await look('tidemark')).catalog;
    expect(value.roles.find((r) => r.name === 'metabase')).toEqual({
      name: 'metabase',
      superuser: false,
      canLogin: true,
      inherits: true,
      replication: false,
      bypassesRowSecurity: false,
      connectionLimit: 5,
      settings: { statement_timeout: '10s' },
      memberOf: ['reporting'],
    });
    expect(value.roles.find((r) => r.name === 'tidemark')?.memberOf).toEqual(['pg_monitor']);
    const grants = value.grants.filter((g) => g.relation === 'case_file' || g.relation === 'case_v1');
    const owner = ['DELETE', 'INSERT', ...(binaries.major >= 17 ? ['MAINTAIN'] : []), 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE'];
    expect(grants.map((g) => [g.relation, g.grantee, g.privileges])).toEqual([
      ['case_file', 'casework_app', ['INSERT', 'SELECT', 'UPDATE']],
      ['case_file', 'postgres', owner],
      ['case_file', 'reporting', ['SELECT (case_id, status)']],
      ['case_v1', 'postgres', owner],
      ['case_v1', 'public', ['SELECT']],
    ]);
    expect(value.policies).toEqual([
      { schema: 'app', relation: 'case_file', name: 'own_cases', command: 'SELECT', roles: ['casework_app', 'metabase'], using: 'officer_id > 0' },
    ]);
    expect(value.extensions.map((e) => [e.name, e.schema])).toEqual([['pg_stat_statements', 'monitoring'], ['plpgsql', 'pg_catalog']]);
    const lists = binaries.major >= 15;
    expect(value.publications).toEqual([
      { name: 'everything', allTables: true, tables: [] },
      {
        name: 'warehouse',
        allTables: false,
        tables: [
          { schema: 'app', relation: 'case_file', columns: lists ? ['case_id', 'status'] : null, rowFilter: lists ? 'case_id > 0' : null },
          { schema: 'app', relation: 'officer', columns: null, rowFilter: null },
        ],
      },
    ]);
  });

  it('tells the settings that other sessions get, not its own', async () => {
    const { settings } = (await look('tidemark')).catalog.value;
    expect(settings).toMatchObject({
      statement_timeout: '0',
      lock_timeout: '4000',
      idle_in_transaction_session_timeout: '60000',
      default_transaction_read_only: 'off',
      work_mem: '4096',
      temp_file_limit: '-1',
      search_path: '"$user", public',
      hot_standby_feedback: 'off',
      max_parallel_workers: '8',
      max_standby_archive_delay: '30000',
      max_worker_processes: '8',
      shared_buffers: '16384',
      superuser_reserved_connections: '3',
      track_activity_query_size: '1024',
      track_io_timing: 'off',
      'pg_stat_statements.track_utility': 'on',
    });
    expect(settings['compute_query_id']).toBe(binaries.major >= 14 ? 'auto' : undefined);
  });

  it('needs no right but CONNECT for the catalogue', async () => {
    const bare = await look('bare');
    const monitor = await look('tidemark');
    const withoutScans = (catalog: Catalog): Catalog => ({ ...catalog, indexes: catalog.indexes.map((i) => ({ ...i, scans: null })) });
    expect(withoutScans(bare.catalog.value)).toEqual(withoutScans(monitor.catalog.value));
    expect(bare.catalog.gaps).toEqual([]);
  });

  it('reads statements with their texts, and leaves its own out', async () => {
    await look('tidemark');
    const { value, gaps } = (await look('tidemark')).statements;
    expect(gaps).toEqual([]);
    const byKey = value.statements.filter((s) => s.text === 'select case_number from app.case_file where case_id = $1');
    expect(byKey.map((s) => [s.role, s.database, s.textState, s.calls, s.rows])).toEqual([['casework_app', 'casework', 'full', 5, 4]]);
    expect(byKey[0]?.sharedBlocksHit).toBeGreaterThan(0);
    expect(byKey[0]?.wal_bytes).toBe(0);
    expect(byKey[0]?.planning_ms).toBeNull();
    expect(byKey[0]).toMatchObject({ longest_ms: expect.any(Number), deviation_ms: expect.any(Number), sharedBlocksDirtied: 0 });
    // What the extension of each version counts.
    expect(byKey[0]?.jit_ms).toBe(binaries.major >= 15 ? 0 : null);
    expect(byKey[0]?.since === null).toBe(binaries.major < 17);
    expect(byKey[0]?.parallelWorkers).toBe(binaries.major >= 18 ? 0 : null);
    expect(value.own.length).toBeGreaterThan(10);
    expect(value.window).toMatchObject({ tracked: 'top', tracksUtility: true, until: expect.stringMatching(/Z$/), startedAt: expect.stringMatching(/Z$/) });
    expect(value.statements.filter((s) => s.role === 'metabase' && s.text?.startsWith('copy')).map((s) => s.calls)).toEqual([1]);
    expect(value.statements.filter((s) => s.role === 'tidemark')).toEqual([]);
    expect(value.window).toMatchObject({ entries_max: 5000, block_bytes: 8192, evictions: binaries.major >= 14 ? 0 : null });
    expect(value.window?.since === null).toBe(binaries.major < 14);
    expect(value.window?.entries).toBeGreaterThanOrEqual(value.statements.length);
  });

  it('leaves no statement of another role out because it carries the mark', async () => {
    await server.run(['set role casework_app', 'select count(*) from app.case_file /* tidemark */'], 'casework');
    const { value } = (await look('tidemark')).statements;
    expect(value.statements.filter((s) => s.text === 'select count(*) from app.case_file /* tidemark */').map((s) => s.role)).toEqual(['casework_app']);
  });

  it('without rights: sums a role, states the gap and the grant', async () => {
    const { value, gaps } = (await look('bare')).statements;
    expect(gaps).toEqual([
      {
        subject: 'production',
        missing: 'texts and identities of the statements of other roles',
        cause: 'bare is not a member of pg_read_all_stats',
        remedy: 'GRANT pg_monitor TO bare;',
        severity: 'partial',
      },
    ]);
    const hidden = value.statements.filter((s: StatementStatistics) => s.role === 'casework_app' && s.toplevel);
    expect(hidden.map((s) => [s.queryId, s.text, s.textState])).toEqual([[null, null, 'hidden']]);
    expect(hidden[0]?.calls).toBeGreaterThanOrEqual(5);
  });

  it.each(['tidemark', 'postgres'] as const)('cannot write, as %s', async (role) => {
    const password = role === 'tidemark' ? 'spring tide' : undefined;
    const connection = resolveConnection({ name: 'production', url: server.url('casework', role, password) }, noContext);
    const meter = new CostMeter();
    const session = await Session.open(connection, sessionSettings(binaries.major * 10_000), { store: 'production', meter, signal: undefined });
    try {
      const row = z.object({ case_id: z.string() });
      const write = session.query(row, "insert into app.case_file (case_id, case_number, opened_at) values (0, 'C-0', now()) returning case_id");
      await expect(write).rejects.toMatchObject({ code: '25006' });
      const bounds = await session.query(
        z.object({ name: z.string(), setting: z.string() }),
        "select name, setting from pg_settings where name = any ('{statement_timeout,lock_timeout,jit,search_path,application_name,TimeZone}') order by name collate \"C\"",
      );
      expect(Object.fromEntries(bounds.map((b) => [b.name, b.setting]))).toEqual({
        TimeZone: 'UTC',
        application_name: 'tidemark',
        jit: 'off',
        lock_timeout: '200',
        search_path: 'pg_catalog',
        statement_timeout: '30000',
      });
    } finally {
      await session.close();
    }
  });

  it('reads defaults, what columns are computed by, and what domains are made of', async () => {
    await server.run([
      'create domain app.score as smallint check (value >= 0)',
      `create table app.appeal (
         appeal_id int generated always as identity, number bigserial, state app.case_status default 'OPEN', filed_on date default current_date,
         points app.score default 1, weight numeric generated always as (fee * 2) stored, fee numeric, note text)`,
    ], 'casework');
    try {
      const { value, gaps } = (await look('tidemark')).catalog;
      expect(gaps).toEqual([]);
      const appeal = value.relations.find(({ name }) => name === 'appeal');
      expect(appeal?.columns.map(({ name, default: given, generated, baseType }) => [name, given, generated, baseType])).toEqual([
        ['appeal_id', 'identity', undefined, undefined],
        ['number', "nextval('app.appeal_number_seq'::regclass)", undefined, undefined],
        ['state', "'OPEN'::app.case_status", undefined, undefined],
        ['filed_on', 'CURRENT_DATE', undefined, undefined],
        ['points', '1', undefined, 'smallint'],
        ['weight', undefined, '(fee * (2)::numeric)', undefined],
        ['fee', undefined, undefined, undefined],
        ['note', undefined, undefined, undefined],
      ]);
    } finally {
      await server.run(['drop table app.appeal', 'drop domain app.score'], 'casework');
    }
  });
});
