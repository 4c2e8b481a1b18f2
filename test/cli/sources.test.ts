import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import { tidemarkHere as tidemark } from './in-process.js';
import { build } from './tidemark.js';

const redash = {
  count: 2,
  results: [
    { id: 12, name: 'Open cases', query: "SELECT region, count(*) FROM app.case_file WHERE status = '{{ status }}' GROUP BY region", query_hash: 'a', data_source_id: 3, is_draft: false, api_key: 's3cr3t', user: { name: 'Ines Krall' } },
    { id: 13, name: 'Anything \u001b[31mred', query: '{{ statement }}', query_hash: 'b', data_source_id: 3, is_draft: false },
  ],
};

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-sources-'));
  const files: Record<string, string | Uint8Array> = {
    'exports/redash.json': JSON.stringify(redash, null, 2),
    'exports/broken.json': '{"dashboard": {"panels": [',
    'exports/reports.zip': zipSync({ 'monthly.sql': new TextEncoder().encode('-- owner: Reporting\nSELECT count(*) FROM app.decision;\n') }),
    'exports/notes.txt': 'nothing',
    'empty/notes.txt': 'nothing',
    'tidemark.yaml': 'stores:\n  - { name: production, role: operational, engine: postgres, match: [{ tool: redash, id: "3" }] }\nsources:\n  - path: exports\n',
    'secret.yaml': 'sources:\n  - { tool: redash, url: "https://redash.example", token: abcdef123456 }\n',
    'long.sql': `SELECT '${'x'.repeat(10_000_000)}'`,
    'damaged.sql': Buffer.from([...Buffer.from("SELECT '"), 0xff, ...Buffer.from("' FROM app.case_file")]),
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  await build();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = z.object({
  id: z.string(), kind: z.string(), role: z.string(), sqlKind: z.string(), title: z.string().nullable(), owner: z.string().nullable(), store: z.string().nullable(), raw: z.string(), reading: z.string(),
  container: z.object({ kind: z.string(), id: z.string(), title: z.string().nullable() }).nullable(),
  connection: z.object({ id: z.string().nullable(), name: z.string().nullable(), host: z.string().nullable(), database: z.string().nullable() }).nullable(),
  origin: z.object({ file: z.string(), pointer: z.string(), line: z.number(), column: z.number() }),
  variants: z.array(z.object({ label: z.string(), sql: z.string() })),
  problems: z.array(z.object({ code: z.string(), message: z.string() })),
});

function records(stdout: string): z.infer<typeof record>[] {
  return stdout.split('\n').filter((line) => line !== '').map((line) => record.parse(JSON.parse(line)));
}

describe('tidemark sources', () => {
  test.each([['120x40', '120'], ['80x24', '80']])('at %s lists what was found by tool, with connections, problems and what could not be read', async (_, columns) => {
    const { stdout, code } = await tidemark(['sources'], { cwd: folder, env: { COLUMNS: columns } });
    expect(code).toBe(0);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(Number(columns));
    if (columns === '80') expect(stdout).toMatchInlineSnapshot(`
      "3 queries of 2 tools in 5 files; 1 file no tool knows

      By tool
        tool          queries      parsed       owner  connection    problems
        redash              2       100 %        50 %       100 %           1
        sql-files           1       100 %       100 %         0 %           0
        all                 3       100 %        67 %        67 %           1

      Connections
             2  redash: 3 → store production
             1  sql-files: no connection named → store production, a guess

      Queries with problems
        redash query 13 Anything red
          the whole statement is the parameter statement
          exports/redash.json:19:17

      Not read
        exports/broken.json: the JSON is malformed at line 1, column 27: expected a
        value or ]; the file is cut short
          → export the file again; the other files were read
      "
    `);
  });

  test('writes a line for each query, which says where it stands to the character', async () => {
    const { stdout, stderr, code } = await tidemark(['sources', 'exports', '--format', 'ndjson'], { cwd: folder });
    const [first, second, third] = records(stdout);
    expect(first).toMatchObject({
      id: 'redash:query:12', kind: 'redash', role: 'query', sqlKind: 'statement', title: 'Open cases', container: null, owner: 'Ines Krall', store: 'production', reading: 'parsed',
      connection: { id: '3' }, origin: { file: 'exports/redash.json', pointer: '/results/0/query' }, variants: [{ label: 'default', sql: "SELECT region, count(*) FROM app.case_file WHERE status = '1' GROUP BY region" }], problems: [],
    });
    const { line, column } = first?.origin ?? { line: 0, column: 0 };
    const text = readFileSync(path.join(folder, 'exports/redash.json'), 'utf8').split('\n')[line - 1]?.slice(column - 1);
    expect(text?.startsWith(first?.raw ?? '?')).toBe(true);
    expect(second?.problems).toEqual([{ code: 'dynamic-sql', message: 'the whole statement is the parameter statement' }]);
    expect(third).toMatchObject({ id: 'sql-files:exports/reports.zip!/monthly.sql', owner: 'Reporting', origin: { file: 'exports/reports.zip!/monthly.sql', line: 2, column: 1 } });
    expect(stderr).toBe('not read: exports/broken.json: the JSON is malformed at line 1, column 27: expected a value or ]; the file is cut short → export the file again; the other files were read\n');
    expect([stdout.includes('s3cr3t'), stdout.includes('\u001b'), code]).toEqual([false, false, 0]);
  });

  test('says what it could not read, and ends with 3 where that is a whole source', async () => {
    const { stdout, code } = await tidemark(['sources', 'nowhere', 'empty', 'exports'], { cwd: folder, env: { COLUMNS: '100' } });
    expect(stdout).toContain('nowhere: the path does not exist');
    expect(stdout).toContain('empty: none of its 1 files could be read as');
    expect(code).toBe(3);
  });

  test('reads a line of 10 MB and invalid UTF-8 within its bounds', async () => {
    const { stdout, stderr, code } = await tidemark(['sources', 'long.sql', 'damaged.sql', '--format', 'ndjson'], { cwd: folder });
    expect(records(stdout).map(({ id, problems }) => [id, problems.map(({ code: problem }) => problem)])).toEqual([['sql-files:damaged.sql', []], ['sql-files:long.sql', ['too-large']]]);
    expect(stderr).toContain('damaged.sql: byte 8 is not UTF-8');
    expect(code).toBe(0);
  });
});

describe('wrong usage is refused with the way that is right', () => {
  test.each([
    ['no path and no configuration', ['sources'], '/'],
    ['an unknown tool', ['sources', 'exports', '--tool', 'metabse'], null],
    ['an address without its tool', ['sources', 'https://redash.example'], null],
    ['an address with a password', ['sources', 'https://ines:s3cr3t-pw@redash.example', '--tool', 'redash'], null],
    ['a variable that is not set', ['sources', 'https://redash.example', '--tool', 'redash', '--token-env', 'REDASH_KEY'], null],
    ['a dump of files', ['sources', 'exports', '--dump', 'answers'], null],
    ['an unknown format', ['sources', 'exports', '--format', 'sarif'], null],
    ['a token in the configuration', ['sources', '-c', 'secret.yaml'], null],
  ])('%s', async (_, args, cwd) => {
    const { stdout, stderr, code } = await tidemark(args, { cwd: cwd ?? folder });
    expect(stderr + stdout).not.toContain('s3cr3t-pw');
    expect(`${code}\n${stderr}${stdout.replaceAll(folder, '…')}`).toMatchSnapshot();
  });
});

describe('a tool that is asked itself', () => {
  async function served(handler: (path: string, key: string | undefined) => { status: number; body: string }): Promise<{ url: string; close(): void }> {
    const server = createServer((request, response) => {
      const { status, body } = handler((request.url ?? '').split('?')[0] ?? '', request.headers.authorization);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, close: () => server.close() };
  }

  test('gives its queries, and the answers that are kept give the same again', async () => {
    const server = await served((request, key) => {
      if (key !== 'Key abc-def-123') return { status: 401, body: '{}' };
      return request === '/api/queries' ? { status: 200, body: JSON.stringify(redash) } : { status: 404, body: '{}' };
    });
    try {
      const dump = path.join(folder, 'answers');
      const asked = await tidemark(['sources', server.url, '--tool', 'redash', '--token-env', 'REDASH_KEY', '--dump', dump, '--format', 'ndjson'], { cwd: '/', env: { REDASH_KEY: 'abc-def-123' } });
      expect([asked.code, asked.stderr]).toEqual([0, '']);
      const again = await tidemark(['sources', dump, '--format', 'ndjson'], { cwd: '/' });
      const shared = (stdout: string): unknown[] => records(stdout).map(({ id, raw, variants }) => ({ id, raw, variants }));
      expect(shared(again.stdout)).toEqual(shared(asked.stdout));
      expect(records(asked.stdout)[0]?.origin.file).toBe(`${server.url}/api/queries_page_1.json`);
      const kept = path.join(dump, 'api/queries_page_1.json');
      expect(readFileSync(kept, 'utf8')).not.toContain('s3cr3t');
      expect(statSync(kept).mode & 0o077).toBe(0);
    } finally {
      server.close();
    }
  });

  test('and lets nobody in is a line, and 3', async () => {
    const server = await served(() => ({ status: 401, body: '{}' }));
    try {
      const { stdout, code } = await tidemark(['sources', server.url, '--tool', 'redash', '--token-env', 'REDASH_KEY'], { cwd: '/', env: { REDASH_KEY: 'wrong-key-1', COLUMNS: '100' } });
      expect(stdout.replaceAll(server.url, 'http://tool')).toContain('http://tool: the tool refuses the credentials (401)');
      expect(stdout).not.toContain('wrong-key-1');
      expect(code).toBe(3);
    } finally {
      server.close();
    }
  });
});

describe('a database', () => {
  let server: PostgresServer;
  const environment = (): Record<string, string> => ({ PGPASSWORD: new URL(server.superuserUrl).password });
  const url = (): string => server.superuserUrl.replace(/:[^:@/]*@/, '@');

  beforeAll(async () => {
    server = await startPostgres({});
    const client = new pg.Client({ connectionString: server.superuserUrl });
    await client.connect();
    await client.query(`CREATE TABLE case_file (case_id bigint, region text);
      CREATE VIEW v_case AS SELECT case_id FROM case_file; COMMENT ON VIEW v_case IS 'for reports';
      CREATE MATERIALIZED VIEW cases_by_region AS SELECT region, count(*) AS cases FROM case_file GROUP BY region;
      CREATE TABLE report_card (id int, name text, dataset_query text, database_id int, archived bool);
      CREATE TABLE metabase_database (id int, name text, engine text, details text);
      INSERT INTO metabase_database VALUES (2, 'Production', 'postgres', '{"host": "db.example", "dbname": "casework", "password": "s3cr3t"}');
      INSERT INTO report_card VALUES (7, 'Backlog', '{"type": "native", "database": 2, "native": {"query": "SELECT count(*) FROM app.case_file"}}', 2, false);`);
    await client.end();
  }, 90_000);

  afterAll(() => server.stop());

  test('of a store gives its views', async () => {
    const { stdout, code } = await tidemark(['sources', '--postgres', url(), '--format', 'ndjson'], { cwd: '/', env: environment() });
    const views = records(stdout).filter(({ role }) => role === 'view');
    expect(views.map(({ id, kind, title, owner, reading }) => ({ id, kind, title, owner, reading }))).toEqual([
      { id: 'postgres:postgres:view:public.cases_by_region', kind: 'postgres', title: 'public.cases_by_region', owner: 'postgres', reading: 'parsed' },
      { id: 'postgres:postgres:view:public.v_case', kind: 'postgres', title: 'public.v_case', owner: 'postgres', reading: 'parsed' },
    ]);
    expect(code).toBe(0);
  });

  test('in which Metabase keeps its cards gives them, and no secret', async () => {
    const { stdout, stderr, code } = await tidemark(['sources', url(), '--tool', 'metabase', '--format', 'ndjson'], { cwd: '/', env: environment() });
    expect(records(stdout)).toMatchObject([{ kind: 'metabase', title: 'Backlog', raw: 'SELECT count(*) FROM app.case_file', connection: { name: 'Production', host: 'db.example', database: 'casework' } }]);
    expect(stdout + stderr).not.toContain('s3cr3t');
    expect(code).toBe(0);
  });

  test('that refuses the password is one line, and 3', async () => {
    const { stdout, code } = await tidemark(['sources', url(), '--tool', 'metabase'], { cwd: '/', env: { PGPASSWORD: 'wrong-password', COLUMNS: '100' } });
    expect(stdout).toMatch(/password authentication failed|refuses the password|the password/);
    expect(stdout).not.toContain('wrong-password');
    expect(code).toBe(3);
  });
});

test('the document shows every field of a line', () => {
  const document = readFileSync(new URL('../../docs/sources.md', import.meta.url), 'utf8');
  for (const field of Object.keys(record.shape)) expect(document, field).toMatch(new RegExp(`\`${field}\``));
});
