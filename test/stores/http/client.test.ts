import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient, type HttpOptions, type HttpRequest } from '../../../src/stores/http/client.js';
import { Deadline } from '../../../src/stores/http/deadline.js';
import { HttpFailure, httpConnectError, NoAnswer, Unreachable } from '../../../src/stores/http/failure.js';
import { parseJson } from '../../../src/stores/http/json.js';
import { Secrets } from '../../../src/stores/http/secrets.js';
import { CostMeter } from '../../../src/stores/shared/cost-meter.js';
import { startReplayServer, type ReplayAnswer, type ReplayServer } from '../../support/replay-server.js';

const SECRET = 'canary-7f3e9a1c55d0';
const cases: HttpRequest = { method: 'GET', path: '/cases', repeatable: true };
let server: ReplayServer;

beforeAll(async () => {
  server = await startReplayServer();
});

afterAll(async () => {
  await server.stop();
});

function client(options: Partial<HttpOptions> = {}): HttpClient {
  const secrets = new Secrets();
  secrets.add(SECRET);
  return new HttpClient({ base: new URL(server.url), secrets, meter: new CostMeter(), ...options });
}

const answering = (...answers: ReplayAnswer[]): void => server.script([{ when: () => true, answers }]);

async function failure(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(() => null, (error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('it did not fail');
  return outcome;
}

describe('a service over HTTP', () => {
  it('is asked again after an overload, a gateway in trouble and a cut answer, and then answers', async () => {
    answering({ status: 429, headers: { 'retry-after': '0' } }, { status: 503, headers: { 'retry-after': '0' } }, { body: { cases: [1, 2] }, behaviour: 'cut' }, { behaviour: 'hang up' }, { body: { cases: 3 } });
    const { body } = await client().request(cases, new Deadline(10_000));
    expect(body).toEqual({ cases: 3 });
    expect(server.exchanges).toHaveLength(5);
  });

  it('is not asked a second time for what may not happen twice, unless it refused to begin', async () => {
    answering({ behaviour: 'hang up' }, { body: {} });
    expect(await failure(client().request({ ...cases, repeatable: false }, new Deadline(5_000)))).toBeInstanceOf(Unreachable);
    answering({ status: 502 }, { body: {} });
    expect(await failure(client().request({ ...cases, repeatable: false }, new Deadline(5_000)))).toBeInstanceOf(HttpFailure);
    answering({ status: 429, headers: { 'retry-after': '0' } }, { body: { begun: true } });
    expect((await client().request({ ...cases, repeatable: false }, new Deadline(5_000))).body).toEqual({ begun: true });
  });

  it('is left alone at once where it asks to wait longer than there is time', async () => {
    answering({ status: 429, headers: { 'retry-after': '3600' }, body: { message: 'too many statements' } });
    const error = await failure(client({ detailOf: () => 'too many statements' }).request(cases, new Deadline(5_000)));
    expect(error).toMatchObject({ name: 'HttpFailure', status: 429, retry_after_seconds: 3600, message: 'too many statements' });
    expect(server.exchanges).toHaveLength(1);
  });

  it('costs no more time than the deadline when it never answers', async () => {
    answering({ behaviour: 'silent' });
    const error = await failure(client().request(cases, new Deadline(200)));
    expect(error).toBeInstanceOf(NoAnswer);
    expect(error.message).toBe('no answer within 0.2 s');
  });

  it('is given up with the reason of an abort, while it is asked and while it is waited for', async () => {
    for (const answer of [{ behaviour: 'silent' }, { status: 503, headers: { 'retry-after': '5' } }] as const) {
      answering(answer);
      const stop = new AbortController();
      const work = failure(client({ signal: stop.signal }).request(cases, new Deadline(20_000)));
      setTimeout(() => stop.abort(new Error('interrupted by the user')), 50);
      expect((await work).message).toBe('interrupted by the user');
    }
  });

  it('asks for proof as often as for anything else, not anew for each attempt of what needs it', async () => {
    answering({ status: 503, headers: { 'retry-after': '0' } });
    const tokens = client();
    const authorize = async (): Promise<Record<string, string>> => {
      await tokens.request({ method: 'POST', path: '/token', repeatable: true }, new Deadline(5_000));
      return {};
    };
    expect(await failure(client({ authorize }).request(cases, new Deadline(5_000)))).toMatchObject({ name: 'HttpFailure', status: 503 });
    expect(server.exchanges.map(({ path }) => path)).toEqual(Array.from({ length: 6 }, () => '/token'));
  });

  it('gets new proof once where it refuses the old one', async () => {
    const asked: boolean[] = [];
    const authorize = (renew: boolean): Promise<Record<string, string>> => {
      asked.push(renew);
      return Promise.resolve({ authorization: `Bearer token-${renew ? 'new' : 'old'}-0123456789` });
    };
    answering({ status: 401, body: {} }, { body: { in: true } });
    expect((await client({ authorize }).request(cases, new Deadline(5_000))).body).toEqual({ in: true });
    expect(server.exchanges.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-old-0123456789', 'Bearer token-new-0123456789']);
    answering({ status: 401, body: {} });
    expect(await failure(client({ authorize }).request(cases, new Deadline(5_000)))).toMatchObject({ status: 401 });
    expect(server.exchanges).toHaveLength(2);
  });

  it('sends nobody elsewhere: neither by a redirect nor by the next address that it names', async () => {
    answering({ status: 307, headers: { location: 'https://elsewhere.example/cases' } });
    expect((await failure(client().request(cases, new Deadline(5_000)))).message).toBe('it redirects to elsewhere.example');
    expect((await failure(client().request({ ...cases, path: 'https://elsewhere.example/next' }, new Deadline(5_000)))).message).toBe('it names an address on another host, elsewhere.example');
    expect(server.exchanges).toHaveLength(1);
  });

  it('cannot fill the memory, however small its answer was while compressed', async () => {
    answering({ body: { padding: 'a'.repeat(3_000_000) }, gzip: true });
    expect((await failure(client().request({ ...cases, bytes_max: 1_000_000 }, new Deadline(5_000)))).message).toBe('its answer is larger than 977 KiB');
  });

  it('is told apart from a page of a proxy, and from JSON that is damaged', async () => {
    answering({ text: '<html>sign in</html>', headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect((await failure(client().request(cases, new Deadline(5_000)))).message).toBe('it answered with text/html in place of JSON');
    answering({ text: '{"cases": [1, ', headers: { 'content-type': 'application/json' } });
    expect((await failure(client().request(cases, new Deadline(5_000)))).message).toBe('it answered with JSON that is damaged');
    answering({ status: 403, text: '<html>blocked</html>', headers: { 'content-type': 'text/html' } });
    expect((await failure(client().request(cases, new Deadline(5_000)))).message).toBe('it answered with HTTP status 403');
  });

  it('never has a secret in what is said of it, in whatever form it repeats it', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJURVNUIn0.c2lnbmF0dXJl';
    const said = `refused ${SECRET} ${encodeURIComponent(SECRET)} ${Buffer.from(SECRET).toString('base64')} ${token} Bearer abcdefghijklmnop\n\u001B[31mred`;
    answering({ status: 400, body: { message: said } });
    const error = await failure(client({ detailOf: () => said }).request(cases, new Deadline(5_000)));
    expect(error.message).toBe('refused *** *** *** *** Bearer *** [31mred');
  });

  it('cannot be reached: the cause and the next step are named', async () => {
    const place = { store: 'warehouse', place: 'warehouse.example', service: 'Snowflake' };
    const gone = await startReplayServer();
    await gone.stop();
    const nobody = await failure(client({ base: new URL(gone.url) }).request(cases, new Deadline(5_000)));
    expect(httpConnectError(place, nobody).message).toMatchInlineSnapshot(`"warehouse: cannot open warehouse.example: nothing listens there (ECONNREFUSED). Correct host and port."`);
    const blocked = new Unreachable('Connect Timeout Error', 'UND_ERR_CONNECT_TIMEOUT');
    expect(httpConnectError(place, blocked).message).toBe('warehouse: cannot open warehouse.example: the host cannot be reached (UND_ERR_CONNECT_TIMEOUT). Look at VPN and firewall; behind a proxy set NODE_USE_ENV_PROXY=1 besides HTTPS_PROXY, with Node.js 22.21 or 24 and later.');
    answering({ behaviour: 'silent' });
    const silent = await failure(client().request(cases, new Deadline(100)));
    expect(httpConnectError(place, silent).message).toMatchInlineSnapshot(`"warehouse: cannot open warehouse.example: no answer within 0.1 s. Look at VPN, proxy and firewall, or whether the service hangs."`);
  });
});

describe('JSON of a service', () => {
  it('keeps integers that a double would round, and nothing else is changed', () => {
    expect(parseJson('{"sum": 1152921504606846975, "small": 42, "text": "say \\"12345678901234567890\\"", "float": 1.2345678901234567, "list": [-9007199254740993]}')).toEqual({
      sum: '1152921504606846975', small: 42, text: 'say "12345678901234567890"', float: 1.2345678901234567, list: ['-9007199254740993'],
    });
  });

  it('is never quoted in an error', () => {
    expect(() => parseJson('{"name": "Erika Mustermann", ')).toThrow(/^it is no JSON$/);
  });
});
