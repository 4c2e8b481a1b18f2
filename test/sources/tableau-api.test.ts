import { describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { ApiClient, type ApiAnswer } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/tableau.js';
import { tableauApi } from '../../src/sources/tableau/api.js';
import { alone } from './fixture.js';
import { serve } from './api/server.js';

const TOKEN = { token: 's3cr3t-secret', username: 'casework/audit', password: null };
const SIGN_IN = '/api/3.19/auth/signin';
const METADATA = '/api/metadata/graphql';
const VIEWS = '/api/3.19/sites/site-1/views';

interface GraphQl {
  variables: { first: number; after: string | null };
}

function page(body: string): unknown {
  const { variables } = JSON.parse(body) as GraphQl;
  const node = (id: string, table: string): unknown => ({
    luid: id,
    name: 'Custom SQL Query',
    query: `SELECT id FROM app.${table}`,
    connectionType: 'postgres',
    database: { name: 'casework', connectionType: 'postgres' },
    downstreamWorkbooks: [{ luid: 'wb-1', name: 'Case flow', owner: { name: 'Ines Krall', email: 'ines.krall@regulator.example' } }],
  });
  const isFirst = variables.after === null;
  return { data: { customSQLTablesConnection: { nodes: [isFirst ? node('q-1', 'case_file') : node('q-2', 'officer')], pageInfo: { hasNextPage: isFirst, endCursor: isFirst ? 'next' : null } } } };
}

const SIGNED_IN = { credentials: { token: 'session-s3cr3t', site: { id: 'site-1', contentUrl: 'casework' }, user: { id: 'u-1' } } };
const SEEN = { pagination: { totalAvailable: '1' }, views: { view: [{ id: 'v', name: 'Flow', workbook: { id: 'wb-1' }, usage: { totalViewCount: '7' } }] } };

async function collect(base: URL, credentials: Parameters<typeof tableauApi.fetch>[1] = TOKEN, silence_ms_max = 5_000): Promise<{ answers: ApiAnswer[]; gaps: Gap[]; queries: CollectedQuery[] }> {
  const gaps: Gap[] = [];
  const client = new ApiClient({ base, report: (gap) => void gaps.push(gap), sleep: async () => undefined, silence_ms_max });
  const answers: ApiAnswer[] = [];
  for await (const answer of tableauApi.fetch(client, credentials)) answers.push(answer);
  const files = answers.map(({ path, text }) => new SourceFile(path, text));
  for (const file of files) expect(source.recognises(file, alone), file.path).toBeGreaterThanOrEqual(0.5);
  return { answers, gaps, queries: source.read(files, { connection: null, gap: (gap) => gaps.push(gap) }) };
}

describe("Tableau's interface", () => {
  test('gives every custom SQL, page by page, with what looks at it', async () => {
    const bodies: string[] = [];
    const tokens = new Set<string | string[] | undefined>();
    const { base, requests } = await serve({
      [SIGN_IN]: (_request: unknown, _response: unknown, body: string) => {
        bodies.push(body);
        return SIGNED_IN;
      },
      [METADATA]: (request: { headers: Record<string, string | string[] | undefined> }, _response: unknown, body: string) => {
        tokens.add(request.headers['x-tableau-auth']);
        return page(body);
      },
      [VIEWS]: SEEN,
    });
    const { answers, queries, gaps } = await collect(base);
    expect(gaps).toEqual([]);
    expect(requests).toEqual([`POST ${SIGN_IN}`, `POST ${METADATA}`, `POST ${METADATA}`, `GET ${VIEWS}?includeUsageStatistics=true&pageSize=1000&pageNumber=1`]);
    expect(bodies.map((body): unknown => JSON.parse(body))).toEqual([
      { credentials: { personalAccessTokenName: 'audit', personalAccessTokenSecret: 's3cr3t-secret', site: { contentUrl: 'casework' } } },
    ]);
    expect([...tokens]).toEqual(['session-s3cr3t']);
    expect(answers.map(({ path }) => path)).toEqual(['api/metadata/graphql/customSQLTables-1.json', 'api/metadata/graphql/customSQLTables-2.json', 'api/3.19/sites/site-1/views-1.json']);
    expect(queries.map(({ id, raw, usage, owners }) => [id, raw, usage?.views, owners[0]?.name])).toEqual([
      ['tableau:metadata:q-1', 'SELECT id FROM app.case_file', 7, 'ines.krall@regulator.example'],
      ['tableau:metadata:q-2', 'SELECT id FROM app.officer', 7, 'ines.krall@regulator.example'],
    ]);
    expect(JSON.stringify(answers)).not.toContain('s3cr3t');
  });

  test('is signed in to with a password too, on the default site', async () => {
    const bodies: unknown[] = [];
    const { base } = await serve({
      [SIGN_IN]: (_request: unknown, _response: unknown, body: string) => {
        bodies.push(JSON.parse(body));
        return SIGNED_IN;
      },
      [METADATA]: { data: { customSQLTablesConnection: { nodes: [], pageInfo: { hasNextPage: false } } } },
    });
    expect((await collect(base, { token: null, username: 'audit', password: 's3cr3t' })).gaps).toEqual([]);
    expect(bodies).toEqual([{ credentials: { name: 'audit', password: 's3cr3t', site: { contentUrl: '' } } }]);
  });

  test('that refuses the account gives nothing and says so', async () => {
    const { base } = await serve({ [SIGN_IN]: (_request: unknown, response: { writeHead(status: number): { end(text: string): void } }) => void response.writeHead(401).end('{}') });
    await expect(collect(base)).rejects.toThrow('the tool refuses the credentials (401); check the token, or the user name and password');
    const { base: other } = await serve({ [SIGN_IN]: { credentials: {} } });
    await expect(collect(other)).rejects.toThrow('Tableau did not let the account in; check the address, the site and the credentials');
    await expect(collect(base, { token: null, username: null, password: null })).rejects.toThrow('Tableau takes no anonymous requests; give a personal access token with its name, or username and password');
  });

  test('is asked again where it is busy, and what fails in the middle costs the rest only', async () => {
    let asked = 0;
    const { base } = await serve({
      [SIGN_IN]: SIGNED_IN,
      [METADATA]: (_request: unknown, response: { writeHead(status: number, headers?: Record<string, string>): { end(text?: string): void } }, body: string) => {
        asked++;
        if (asked === 1) return void response.writeHead(429, { 'retry-after': '1' }).end();
        if (asked > 2) return void response.writeHead(500).end();
        return page(body);
      },
    });
    const { queries, gaps } = await collect(base);
    expect(queries.map(({ id }) => id)).toEqual(['tableau:metadata:q-1']);
    expect(gaps).toMatchObject([{ cause: 'the tool answers 500', severity: 'partial' }]);
  });

  test('that gives half a page, or never answers, is stated', async () => {
    const { base } = await serve({ [SIGN_IN]: SIGNED_IN, [METADATA]: (_request: unknown, response: { writeHead(status: number): { end(text: string): void } }) => void response.writeHead(200).end('{"data":{"customSQLTablesConn') });
    expect((await collect(base)).gaps).toMatchObject([{ cause: 'the answer is no JSON, or was cut short' }]);
    const { base: silent } = await serve({ [SIGN_IN]: SIGNED_IN, [METADATA]: () => undefined });
    expect((await collect(silent, TOKEN, 100)).gaps).toMatchObject([{ cause: 'nothing came for 0.1 seconds' }]);
  });

  test('that never stops paging is left when it repeats itself', async () => {
    const { base, requests } = await serve({ [SIGN_IN]: SIGNED_IN, [METADATA]: { data: { customSQLTablesConnection: { nodes: [], pageInfo: { hasNextPage: true, endCursor: 'same' } } } } });
    await collect(base);
    expect(requests.filter((request) => request === `POST ${METADATA}`)).toHaveLength(2);
  });
});
