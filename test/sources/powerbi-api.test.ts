import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { ApiClient, type ApiAnswer } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/powerbi.js';
import { powerBiApi } from '../../src/sources/powerbi/api.js';
import { serve } from './api/server.js';
import { alone, fixtures } from './fixture.js';

const TOKEN = { token: 's3cr3t', username: null, password: null };
const ADMIN = '/v1.0/myorg/admin/workspaces';

const scanResult: unknown = JSON.parse(await readFile(join(fixtures, 'powerbi/scan-result.json'), 'utf8'));

async function collect(base: URL, silence_ms_max = 5_000): Promise<{ answers: ApiAnswer[]; gaps: Gap[]; queries: CollectedQuery[] }> {
  const gaps: Gap[] = [];
  const client = new ApiClient({ base, report: (gap) => void gaps.push(gap), sleep: async () => undefined, silence_ms_max });
  const answers: ApiAnswer[] = [];
  for await (const answer of powerBiApi.fetch(client, TOKEN)) answers.push(answer);
  const files = answers.map(({ path, text }) => new SourceFile(path, text));
  for (const file of files) expect(source.recognises(file, alone), file.path).toBeGreaterThanOrEqual(0.5);
  return { answers, gaps, queries: source.read(files, { connection: null, gap: (gap) => gaps.push(gap) }) };
}

describe("Power BI's scanner", () => {
  test('is asked for all workspaces, waited for and read', async () => {
    const bodies: string[] = [];
    let polls = 0;
    const { base, requests } = await serve({
      [`${ADMIN}/modified`]: Array.from({ length: 101 }, (_, index) => ({ id: `w-${index}` })),
      [`${ADMIN}/getInfo`]: (request: { headers: Record<string, string | string[] | undefined> }, _response: unknown, body: string) => {
        expect(request.headers['authorization']).toBe('Bearer s3cr3t');
        bodies.push(body);
        return { id: `scan-${bodies.length}`, createdDateTime: '2024-05-01T06:00:00Z', status: 'NotStarted' };
      },
      [`${ADMIN}/scanStatus/scan-1`]: () => ({ id: 'scan-1', status: ++polls < 2 ? 'Running' : 'Succeeded' }),
      [`${ADMIN}/scanResult/scan-1`]: () => scanResult,
      [`${ADMIN}/scanStatus/scan-2`]: { id: 'scan-2', status: 'Succeeded' },
      [`${ADMIN}/scanResult/scan-2`]: { workspaces: [{ id: 'w-100', name: 'Empty', datasets: [], reports: [] }] },
    });
    const { answers, queries, gaps } = await collect(base);
    expect(gaps).toEqual([]);
    expect(bodies.map((body) => (JSON.parse(body) as { workspaces: string[] }).workspaces.length)).toEqual([100, 1]);
    expect(requests[1]).toBe(`POST ${ADMIN}/getInfo?lineage=true&datasourceDetails=true&datasetSchema=true&datasetExpressions=true&getArtifactUsers=true`);
    expect(answers.map(({ path }) => path)).toEqual(['v1.0/myorg/admin/workspaces/scanResult/scan-1.json', 'v1.0/myorg/admin/workspaces/scanResult/scan-2.json']);
    expect(queries.map(({ id }) => id)).toEqual(['powerbi:d-100:table:Fee:Fee', 'powerbi:d-200:table:Officer:T']);
  });

  test('that refuses the token gives nothing and says so', async () => {
    const { base } = await serve({ [`${ADMIN}/modified`]: (_request: unknown, response: { writeHead(status: number): { end(text: string): void } }) => void response.writeHead(401).end('') });
    await expect(collect(base)).rejects.toThrow('the tool refuses the credentials (401)');
    const client = new ApiClient({ base, report: () => undefined });
    await expect(powerBiApi.fetch(client, { token: null, username: 'a', password: 'b' })[Symbol.asyncIterator]().next()).rejects.toThrow(
      'Power BI takes no anonymous requests; give an access token (token) for https://analysis.windows.net/powerbi/api',
    );
  });

  test('whose scan fails is stated, and the next one is read', async () => {
    let scans = 0;
    const { base } = await serve({
      [`${ADMIN}/modified`]: Array.from({ length: 101 }, (_, index) => ({ id: `w-${index}` })),
      [`${ADMIN}/getInfo`]: () => ({ id: `scan-${++scans}`, status: 'NotStarted' }),
      [`${ADMIN}/scanStatus/scan-1`]: { id: 'scan-1', status: 'Failed' },
      [`${ADMIN}/scanResult/scan-1`]: (_request: unknown, response: { writeHead(status: number): { end(text: string): void } }) => void response.writeHead(500).end(''),
      [`${ADMIN}/scanStatus/scan-2`]: { id: 'scan-2', status: 'Succeeded' },
      [`${ADMIN}/scanResult/scan-2`]: () => scanResult,
    });
    const { queries, gaps } = await collect(base);
    expect(queries).toHaveLength(2);
    expect(gaps).toMatchObject([{ cause: 'the tool answers 500', subject: expect.stringContaining('scanResult/scan-1') }]);
  });

  test('that is busy, cut short or silent is stated', async () => {
    let asked = 0;
    const { base } = await serve({
      [`${ADMIN}/modified`]: (_request: unknown, response: { writeHead(status: number, headers?: Record<string, string>): { end(text: string): void } }) =>
        ++asked === 1 ? void response.writeHead(429, { 'retry-after': '2' }).end('') : [{ id: 'w-1' }],
      [`${ADMIN}/getInfo`]: (_request: unknown, response: { writeHead(status: number): { end(text: string): void } }) => void response.writeHead(200).end('{"id":"sc'),
    });
    expect((await collect(base)).gaps).toMatchObject([{ cause: 'the answer is no JSON, or was cut short' }]);
    expect(asked).toBe(2);
    const { base: silent } = await serve({ [`${ADMIN}/modified`]: () => undefined });
    expect((await collect(silent, 100)).gaps).toMatchObject([{ cause: 'nothing came for 0.1 seconds' }]);
  });

  test('is not asked for what its own answers make up', async () => {
    const { base, requests } = await serve({ [`${ADMIN}/modified`]: [{ id: 'w-1' }], [`${ADMIN}/getInfo`]: { id: '../../../admin/deleteAll', status: 'Running' } });
    await expect(collect(base)).rejects.toThrow('the service did not start the scan; run it again later');
    expect(requests).toHaveLength(2);
    const { base: other } = await serve({ [`${ADMIN}/modified`]: { hello: 'world' } });
    await expect(collect(other)).rejects.toThrow('the answer to the list of workspaces holds none; check that the address is https://api.powerbi.com');
  });
});
