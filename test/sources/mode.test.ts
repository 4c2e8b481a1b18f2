import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { ApiClient, ApiRefused, type ApiAnswer } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/mode.js';
import { fixtures, queriesOf, readValues, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = await queriesOf('mode');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`mode:${id}`);
  if (found === undefined) throw new Error(`${id} was not read: ${[...queries.keys()].join(' ')}`);
  return found;
}

describe('a report', () => {
  test('gives its queries and the definitions that they use', () => {
    expect([...queries.keys()]).toEqual(['mode:definition:def-loop', 'mode:definition:def-officers', 'mode:definition:def-open', 'mode:r1:q-fees', 'mode:r1:q-loop', 'mode:r1:q-open']);
    expect(query('r1:q-fees')).toMatchObject({
      title: 'Fees',
      description: 'For the weekly meeting',
      container: { kind: 'dashboard', id: 'r1', title: 'Open cases' },
      owners: [{ name: 'mara', via: 'author' }],
      usage: { views: 120, lastUsedAt: '2024-05-03T06:00:00.000Z' },
      schedule: '2 schedules',
      isPublic: true,
      connection: { id: '35', name: null },
    });
    expect(query('definition:def-open')).toMatchObject({ role: 'relation', title: 'open_cases', owners: [{ name: 'ines' }], connection: { id: '34', name: 'Case work', engine: 'postgresql', host: 'replica.cases.example', database: 'casework' } });
  });

  test('has its definitions put in, those within them too, and its form left out', () => {
    const sql = query('r1:q-open').variants[0]?.sql ?? '';
    expect(sql).toContain('FROM app.case_file AS c JOIN (\nSELECT id, name FROM app.officer WHERE active\n) AS o ON o.id = c.officer_id\n) AS x');
    expect(sql).not.toContain('form');
    expect(() => parseSync(sql)).not.toThrow();
    expect(query('r1:q-open').raw).toContain('{{ @open_cases as x }}');
  });

  test('says of a definition that it contains itself', () => {
    expect(query('r1:q-loop').problems).toEqual([{ code: 'cyclic-reference', message: 'the definition loop contains itself' }]);
  });

  test('says where its texts stand', async () => {
    for (const { raw, origin } of queries.values()) {
      expect(textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin).startsWith(raw.slice(0, 15))).toBe(true);
    }
  });

  test('that is broken costs nothing but itself', () => {
    for (const value of [{ _embedded: { queries: [null, 7, { token: 'a', raw_query: 7, data_source_id: {} }, { token: 'b', raw_query: '{% form', data_source_id: null, _links: 7 }] } }, { _embedded: { definitions: [{ token: 'c', name: 7, source: [], data_source_id: 1 }] } }, { _embedded: 7 }]) {
      for (const { variants, problems } of readValues(source, { 'a.json': value })) expect(variants.length + problems.length).toBeGreaterThan(0);
    }
  });
});

describe('the interface of Mode', () => {
  async function client(answers: Record<string, unknown>, asked: string[], gaps: Gap[]): Promise<ApiClient> {
    const server = createServer((request, response) => {
      const url = request.url ?? '/';
      asked.push(`${request.headers.authorization} ${url}`);
      const answer = answers[url];
      if (answer === undefined) response.writeHead(404).end();
      else if (typeof answer === 'number') response.writeHead(answer).end();
      else response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new ApiClient({ base: new URL(`http://127.0.0.1:${address.port}/api/acme`), report: (gap) => gaps.push(gap), sleep: async () => undefined });
  }

  async function collect(from: AsyncIterable<ApiAnswer> | undefined): Promise<ApiAnswer[]> {
    const answers: ApiAnswer[] = [];
    for await (const answer of from ?? []) answers.push(answer);
    return answers;
  }

  const PAIR = { token: null, username: 'reader', password: 's3cr3t' };

  test('gives every report of every space, page by page, and states what it could not', async () => {
    const asked: string[] = [];
    const gaps: Gap[] = [];
    const api = await client(
      {
        '/api/acme/spaces': { _embedded: { spaces: [{ token: 's1' }] }, _links: { next_page: { href: '/api/acme/spaces?page=2' } } },
        '/api/acme/spaces?page=2': { _embedded: { spaces: [] }, _links: {} },
        '/api/acme/spaces/s1/reports': { _embedded: { reports: [{ token: 'r1', name: 'Fees', runs_count: 1 }, { token: 'r2' }] } },
        '/api/acme/reports/r1/queries': { _embedded: { queries: [{ token: 'q1', name: 'All', raw_query: 'SELECT id FROM app.fee', data_source_id: 1, _links: { report: { href: '/api/acme/reports/r1' } } }] } },
        '/api/acme/reports/r2/queries': 500,
      },
      asked,
      gaps,
    );
    const answers = await collect(source.api?.fetch(api, PAIR));
    expect(asked[0]).toBe(`Basic ${Buffer.from('reader:s3cr3t').toString('base64')} /api/acme/data_sources`);
    expect(answers.map(({ path }) => path)).toEqual(['spaces.json', 'spaces-2.json', 'spaces/s1/reports.json', 'reports/r1/queries.json']);
    expect(source.read(answers.map(({ path, text }) => new SourceFile(path, text)), { connection: null, gap: () => undefined }).map(({ id, container }) => [id, container?.title])).toEqual([['mode:r1:q1', 'Fees']]);
    expect(gaps.map(({ cause }) => cause)).toEqual(['the tool answers 500']);
  });

  test('that refuses the pair, or is asked without one, is told', async () => {
    const api = await client({ '/api/acme/data_sources': 401 }, [], []);
    await expect(collect(source.api?.fetch(api, PAIR))).rejects.toThrow('the tool refuses the credentials (401)');
    await expect(collect(source.api?.fetch(api, { ...PAIR, username: null }))).rejects.toBeInstanceOf(ApiRefused);
  });
});

test('line breaks that a script escaped twice are blanks outside of quotes', () => {
  const answer = { _embedded: { queries: [{ token: 'q1', name: 'Backlog', raw_query: "SELECT count(*)\\n\\tFROM app.case_file\\nWHERE note LIKE 'a\\n%'", data_source_id: 1 }] } };
  const [query] = readValues(source, { 'spaces/reports/r1/queries.json': answer });
  expect(query?.raw).toContain('\\n');
  expect(query?.variants[0]?.sql).toBe("SELECT count(*)  FROM app.case_file WHERE note LIKE 'a\\n%'");
});
