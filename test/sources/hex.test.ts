import { createServer, type RequestListener } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { ApiClient, ApiRefused, type ApiAnswer } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/hex.js';
import { fixtures, queriesOf, readValues, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  queries = await queriesOf('hex');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`hex:${id}`);
  if (found === undefined) throw new Error(`${id} was not read: ${[...queries.keys()].join(' ')}`);
  return found;
}

describe('a project', () => {
  test('gives its SQL and program cells, those of sections too', () => {
    expect([...queries.keys()]).toEqual(['hex:5f1c-ages:cell-code', 'hex:5f1c-ages:cell-frames', 'hex:5f1c-ages:cell-open', 'hex:77aa-orders:s-1']);
  });

  test('carries what the interface says of it', () => {
    expect(query('5f1c-ages:cell-open')).toMatchObject({
      title: 'Open cases',
      description: 'How long cases stay open.',
      container: { kind: 'project', id: '5f1c-ages', title: 'Case ages' },
      owners: [{ name: 'mara@regulator.example', via: 'owner-field' }, { name: 'ines@regulator.example', via: 'author' }],
      usage: { views: 412, lastUsedAt: '2024-05-02T08:00:00.000Z' },
      schedule: '0 7 * * 1',
      isPublic: false,
      lifecycle: 'draft',
      connection: { id: 'conn-casework', name: 'Case work', engine: 'postgres', host: 'replica.cases.example', database: 'casework' },
    });
    expect(query('77aa-orders:s-1')).toMatchObject({ lifecycle: 'archived', isPublic: true, connection: { id: 'conn-shop', name: null } });
  });

  test('binds its parameters, with conditions as variants', () => {
    expect(query('5f1c-ages:cell-open').variants.map(({ label, sql }) => [label, sql.replace(/\s+/g, ' ').trim()])).toEqual([
      ['default', 'SELECT c.reference, c.opened_at FROM app.case_file AS c WHERE c.office = $1 AND c.status IN ($2)'],
      ['maximal', 'SELECT c.reference, c.opened_at FROM app.case_file AS c WHERE c.office = $1 AND c.status IN ($2) AND c.officer_id = $3'],
    ]);
    expect(query('77aa-orders:s-1').problems.map(({ code }) => code)).toEqual(['dynamic-relation']);
  });

  test('does not take a query over data frames for a read of a store', () => {
    expect(query('5f1c-ages:cell-frames').connection).toMatchObject({ engine: 'duckdb-extract' });
  });

  test('says where its texts stand', async () => {
    const text = await readFile(join(fixtures, 'hex/case-ages.yaml'), 'utf8');
    expect(textAt(text, query('5f1c-ages:cell-open').origin).startsWith('SELECT c.reference')).toBe(true);
    expect(textAt(text, query('5f1c-ages:cell-code').origin).startsWith('SELECT office, amount FROM app.fee")')).toBe(true);
  });

  test('that is broken costs nothing but itself', () => {
    for (const value of [{ schemaVersion: 1, meta: { projectId: 7 }, cells: [null, 7, { cellType: 7 }, { cellType: 'SQL', config: 7 }, { cellType: 'SQL', config: { source: 7 } }, { cellType: 'SQL', cellId: 'a', config: { source: '{% if' } }] }, { values: [{ id: 'x', cellType: 'SQL', staticId: 7, projectId: 8, contents: 9 }] }]) {
      for (const { variants, problems } of readValues(source, { 'a.json': value })) expect(variants.length + problems.length).toBeGreaterThan(0);
    }
  });
});

async function client(answer: RequestListener, report: (gap: Gap) => void = () => undefined): Promise<ApiClient> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return new ApiClient({ base: new URL(`http://127.0.0.1:${address.port}/api/`), report, silence_ms_max: 500, sleep: async () => undefined });
}

async function collect(from: AsyncIterable<ApiAnswer> | undefined): Promise<ApiAnswer[]> {
  const answers: ApiAnswer[] = [];
  for await (const answer of from ?? []) answers.push(answer);
  return answers;
}

const TOKEN = { token: 's3cr3t', username: null, password: null };

describe('the interface of Hex', () => {
  test('gives projects, connections and cells, page by page', async () => {
    const asked: string[] = [];
    const api = await client((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      asked.push(`${request.headers.authorization} ${url.pathname}${url.search}`);
      const project = url.searchParams.get('projectId');
      const after = url.searchParams.get('after');
      const answers: Record<string, unknown> = {
        '/api/v1/projects': after === null ? { values: [{ id: 'p1', title: 'Fees', type: 'PROJECT', analytics: {} }], pagination: { after: 'next' } } : { values: [{ id: 'p2', title: 'Orders', type: 'PROJECT', analytics: {} }], pagination: { after: null } },
        '/api/v1/data-connections': { values: [] },
        '/api/v1/cells': { values: [{ id: `c-${project}`, staticId: `s-${project}`, cellType: 'SQL', projectId: project, dataConnectionId: 'd', contents: { sqlCell: { source: 'SELECT id FROM app.fee' } } }], pagination: { after: null } },
      };
      response.end(JSON.stringify(answers[url.pathname]));
    });
    const answers = await collect(source.api?.fetch(api, TOKEN));
    expect(asked[0]).toBe('Bearer s3cr3t /api/v1/projects?includeSharing=true&limit=100');
    expect(answers.map(({ path }) => path)).toEqual(['v1/projects.json', 'v1/projects-2.json', 'v1/data-connections.json', 'v1/cells/p1.json', 'v1/cells/p2.json']);
    const files = answers.map(({ path, text }) => new SourceFile(path, text));
    expect(source.read(files, { connection: null, gap: () => undefined }).map(({ id, container }) => [id, container?.title])).toEqual([['hex:p1:s-p1', 'Fees'], ['hex:p2:s-p2', 'Orders']]);
  });

  test('that refuses the token, or is asked without one, is told', async () => {
    const api = await client((_, response) => response.writeHead(401).end());
    await expect(collect(source.api?.fetch(api, TOKEN))).rejects.toThrow('the tool refuses the credentials (401); check the token, or the user name and password');
    await expect(collect(source.api?.fetch(api, { ...TOKEN, token: null }))).rejects.toBeInstanceOf(ApiRefused);
  });

  test('that fails at one project costs that one', async () => {
    const gaps: Gap[] = [];
    let tries = 0;
    const api = await client((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      if (url.pathname.endsWith('/projects')) return response.end(JSON.stringify({ values: ['p1', 'p2', 'p3', 'p4'].map((id) => ({ id })) }));
      if (url.pathname.endsWith('/data-connections')) return response.writeHead(403).end();
      switch (url.searchParams.get('projectId')) {
        case 'p1':
          return response.writeHead(500).end();
        case 'p2':
          return response.end('{"values":[{"id":"c"');
        case 'p3':
          return undefined;
        default:
          if (tries++ === 0) return response.writeHead(429, { 'retry-after': '1' }).end();
          return response.end(JSON.stringify({ values: [] }));
      }
    }, (gap) => gaps.push(gap));
    const answers = await collect(source.api?.fetch(api, TOKEN));
    expect(answers.map(({ path }) => path)).toEqual(['v1/projects.json', 'v1/cells/p4.json']);
    expect(gaps.map(({ cause }) => cause.replace(/\d+ ms/, 'n ms'))).toHaveLength(3);
    expect(JSON.stringify(gaps)).not.toContain('s3cr3t');
  });
});
