import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ApiClient } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/cube.js';
import { askTool } from './api/ask.js';

const META = {
  cubes: [
    {
      name: 'cases', type: 'cube', isVisible: true, sql: '() => `SELECT * FROM casework.case_files`', segments: [], dimensions: [],
      measures: [{ name: 'cases.points', type: 'number', aggType: 'sum', sql: '(CUBE) => `${CUBE}.points`' }],
    },
    { name: 'empty', type: 'view', isVisible: true, measures: [], dimensions: [], segments: [] },
  ],
};

const ask = (answer: (request: IncomingMessage, response: ServerResponse) => void, silence_ms_max = 2_000): ReturnType<typeof askTool> => askTool(source, answer, { silence_ms_max });

function send(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

describe('the interface of Cube', () => {
  test('gives the model and the SQL that it makes, read as files are', async () => {
    const seen: string[] = [];
    const { answers, gaps } = await ask((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      if (request.method === 'GET') return send(response, META);
      send(response, { sql: { sql: ['SELECT sum("cases".points) FROM casework.case_files AS "cases"', []], dataSource: 'casework' } });
    });
    expect(seen).toEqual(['GET /cubejs-api/v1/meta?extended=true s3cr3t', 'POST /cubejs-api/v1/sql s3cr3t']);
    expect(answers.map(({ path }) => path)).toEqual(['cubejs-api/v1/meta.json', 'cubejs-api/v1/sql/cases.json']);
    expect(gaps).toEqual([]);
    const queries = source.read(answers.map(({ path, text }) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
    expect(queries.map(({ id }) => id)).toEqual(['cube:cases:sql', 'cube:cases:measure:points', 'cube:cases:generated']);
    expect(queries.map(({ raw }) => raw)).toEqual(['SELECT * FROM casework.case_files', '${CUBE}.points', 'SELECT sum("cases".points) FROM casework.case_files AS "cases"']);
    expect(JSON.stringify(answers)).not.toContain('s3cr3t');
  });

  test('is told where it refuses the token', async () => {
    await expect(ask((_, response) => send(response, { error: 'Invalid token' }, 401))).rejects.toThrow('the tool refuses the credentials (401); check the token');
    await expect(source.api?.fetch(new ApiClient({ base: new URL('http://127.0.0.1:1/'), report: () => undefined }), { token: null, username: null, password: null })[Symbol.asyncIterator]().next()).rejects.toThrow(
      'Cube is asked with an API token, and none is given',
    );
  });

  test('may be busy for a while', async () => {
    let count = 0;
    const { answers } = await ask((request, response) => {
      if (count++ === 0) response.writeHead(429, { 'retry-after': '1' }).end();
      else if (request.method === 'GET') send(response, META);
      else send(response, { error: 'Can not find join path' }, 400);
    });
    expect(answers.map(({ path }) => path)).toEqual(['cubejs-api/v1/meta.json']);
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['500', (_, response) => send(response, {}, 500)],
    ['half a page', (_, response) => response.writeHead(200).end('{"cubes":[{"na')],
    ['never', () => undefined],
  ])('that answers with %s is a gap', async (_, answer) => {
    const { answers, gaps } = await ask(answer, 100);
    expect(answers).toEqual([]);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.subject).toContain('cubejs-api/v1/meta');
  });
});
