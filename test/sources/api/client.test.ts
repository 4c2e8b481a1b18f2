import { describe, expect, test } from 'vitest';
import type { Gap } from '../../../src/model/snapshot.js';
import { ApiClient, ApiRefused, fileName } from '../../../src/sources/api/client.js';
import { withoutSecrets } from '../../../src/sources/api/secrets.js';
import { serve } from './server.js';

function clientOf(base: URL, options: { silence_ms_max?: number; signal?: AbortSignal } = {}) {
  const gaps: Gap[] = [];
  const slept: number[] = [];
  const client = new ApiClient({ base, report: (gap) => gaps.push(gap), sleep: async (milliseconds) => slept.push(milliseconds), ...options });
  const causes = (): string[] => gaps.map(({ subject, cause }) => `${subject.replace(base.origin, '')}: ${cause}`);
  return { client, causes, slept, gaps };
}

describe('an answer', () => {
  test('is asked for below the path of the address, with its query', async () => {
    const { base, requests } = await serve({ '/redash/api/queries': { count: 0 } });
    const { client } = clientOf(new URL('redash', base));
    expect(await client.answer('api/queries', { query: { page: 2, q: 'a b' } })).toEqual({ path: 'api/queries.json', text: '{"count":0}' });
    expect(requests).toEqual(['GET /redash/api/queries?page=2&q=a+b']);
  });

  test('comes four at a time at most, and in the order of the paths', async () => {
    const slow = (id: number) => (_: unknown, response: { end(text: string): void }) => void setTimeout(() => response.end(`{"id":${id}}`), 20 - id);
    const { base, atOnce } = await serve(Object.fromEntries(Array.from({ length: 12 }, (_, id) => [`/c/${id}`, slow(id)])));
    const { client } = clientOf(base);
    const ids: unknown[] = [];
    for await (const { text } of client.answers(Array.from({ length: 12 }, (_, id) => `c/${id}`))) ids.push(JSON.parse(text));
    expect(ids).toEqual(Array.from({ length: 12 }, (_, id) => ({ id })));
    expect(atOnce()).toBeLessThanOrEqual(4);
  });
});

describe('a tool that does not answer as it should', () => {
  test('is asked again as long as it says, and then had', async () => {
    let asked = 0;
    const { base } = await serve({
      '/busy': (_, response) => {
        if (++asked === 3) return { ok: true };
        response.writeHead(429, { 'retry-after': '7' }).end();
        return undefined;
      },
    });
    const { client, slept, causes } = clientOf(base);
    expect(await client.json('busy')).toEqual({ ok: true });
    expect([slept, causes()]).toEqual([[7000, 7000], []]);
  });

  test('costs the answer that it owes, each with one line', async () => {
    const { base } = await serve({
      '/broken': (_, response) => void response.writeHead(500).end('boom'),
      '/forbidden': (_, response) => void response.writeHead(403).end(),
      '/patience': (_, response) => void response.writeHead(429, { 'retry-after': '86400' }).end(),
      '/page': (_, response) => void response.writeHead(200).end('<html>sign in</html>'),
      '/half': (_, response) => void response.writeHead(200).end('{"results": [{"id": 1'),
      '/cut': (_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"results":');
        setTimeout(() => response.destroy(), 10);
      },
      '/good': { ok: 1 },
      '/away': (_, response) => void response.writeHead(302, { location: 'http://attacker.example/collect' }).end(),
      '/near': (_, response) => void response.writeHead(302, { location: '/good' }).end(),
    });
    const { client, causes } = clientOf(base);
    for (const path of ['forbidden', 'page', 'half', 'away', 'near', 'broken', 'good', 'cut', 'good', 'patience', 'absent']) await client.json(path);
    expect(causes()).toEqual([
      '/forbidden: the tool answers 403',
      '/page: the answer is a web page, not JSON',
      '/half: the answer is no JSON, or was cut short',
      '/away: it redirects to another address',
      '/broken: the tool answers 500',
      expect.stringMatching(/^\/cut: the connection failed \(/),
      '/patience: the tool answers 429 and asks to wait 86400 seconds',
      '/absent: the tool answers 404',
    ]);
  });

  test('and never sends another byte is given up', async () => {
    const { base } = await serve({ '/never': () => undefined });
    const { client, causes } = clientOf(base, { silence_ms_max: 40 });
    expect(await client.json('never')).toBeUndefined();
    expect(causes()).toEqual(['/never: nothing came for 0.04 seconds']);
  });

  test('and refuses the credentials ends the source', async () => {
    const { base } = await serve({ '/me': (_, response) => void response.writeHead(401).end() });
    const { client } = clientOf(base);
    await expect(client.json('me')).rejects.toThrow(new ApiRefused('the tool refuses the credentials (401)', 'check the token, or the user name and password'));
  });

  test('five times in a row is left alone', async () => {
    const { base, requests } = await serve({ '/broken': (_, response) => void response.writeHead(503).end() });
    const { client } = clientOf(base);
    const asked = async (): Promise<void> => {
      for (let count = 0; count < 20; count++) await client.json('broken');
    };
    await expect(asked()).rejects.toThrow('5 requests in a row had no answer, the last one because the tool answers 503; run it again when the tool answers');
    expect(requests.length).toBe(15);
  });

  test('may lack what is optional without a word', async () => {
    const { base } = await serve({});
    const { client, gaps } = clientOf(base);
    expect(await client.answer('enterprise/usage', { optional: true })).toBeNull();
    expect(gaps).toEqual([]);
  });

  test('is not waited for when the run is stopped', async () => {
    const { base } = await serve({ '/never': () => undefined });
    const controller = new AbortController();
    const { client } = clientOf(base, { signal: controller.signal });
    const asked = client.json('never');
    setTimeout(() => controller.abort(new Error('stopped')), 20);
    await expect(asked).rejects.toThrow('stopped');
  });
});

test('answers are kept without secrets, and under names that stay in their folder', () => {
  const answer = {
    details: { password: 's3cr3t', host: 'db' }, api_key: 's3cr3t', secureJsonData: { password: 's3cr3t' }, sqlalchemy_uri: 'postgresql://u:s3cr3t@db/casework',
    query: "select 'token'", nested: [{ Authorization: 'Bearer s3cr3t', 'service-account-json': '{"private_key":"s3cr3t"}' }],
  };
  const { text } = withoutSecrets({ path: 'a.json', text: JSON.stringify(answer) });
  expect(text).not.toContain('s3cr3t');
  expect(JSON.parse(text)).toMatchObject({ details: { password: '***', host: 'db' }, sqlalchemy_uri: 'postgresql://u:***@db/casework', query: "select 'token'" });
  expect(['api/card/12', '/api/../../etc/passwd', 'a?b=c&d', 'x.json'].map(fileName)).toEqual(['api/card/12.json', 'api/_/_/etc/passwd.json', 'a_b_c_d.json', 'x.json']);
});
