import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WORDS } from '../../src/evidence/sample/checks.js';
import { validators } from '../../src/evidence/sample/validators.js';
import { isIban, isPaymentCard } from '../../src/privacy/literal-account.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

/** Numbers that the issuing bodies or their documentation give as examples, and the same with one sign changed. */
const CASES: Record<string, { pass: string[]; fail: string[] }> = {
  email: { pass: ['anna.lund@example.org', 'o\'neill+news@mail.example.co.uk', 'bär@example.de'], fail: ['anna at example.org', '@handle', 'a@b', 'see anna@example.org', 'git@host:repository'] },
  phone: { pass: ['+46 70-174 06 05', '0046 701 740 605', '(030) 901820', '(030)901820', '030/901820-12', '+14155550132'], fail: ['12345', '2024-03-01', '0.1234', '10.5', '1.234.567', '+1', '0046701740605', '000123456', '01.02.2024', '01/02/24', '03-04-2024 10:15', '09:30-17:45'] },
  iban: {
    pass: ['DE89 3704 0044 0532 0130 00', 'GB82WEST12345698765432', 'MT84MALT011000012345MTLCAST001S', 'NO93 8601 1117 947', 'se4550000000058398257466'],
    fail: ['DE88 3704 0044 0532 0130 00', 'GB82WEST12345698765423', 'MT84MALT011000012345MTLCAST001T', 'DE89'],
  },
  payment_card: { pass: ['4111 1111 1111 1111', '378282246310005', '6011111111111117', '3530-1113-3330-0000'], fail: ['4111 1111 1111 1112', '1234567890123452', '4111'] },
  ip_address: { pass: ['192.0.2.17', '203.0.113.255', '2001:db8::8a2e:370:7334'], fail: ['1.2.3.4', '10.4.0.12', '256.1.1.1', '1.2.3', '12:30:00'] },
  national_id: {
    pass: [
      '12345678Z', 'X1234567L', '529.982.247-25', '2 95 10 99 126 111 93', '3273012501950001', '3273016501950001', '078-05-1120', '44051401359', '10000000146',
      '811228-9874', '19811228-9874', '111222333', 'RSSMRA85T10A562S', 'AB 12 34 56 C',
    ],
    fail: ['12345678A', 'X1234567M', '111.111.111-11', '2 95 10 99 126 111 94', '3273013301951001x', '666-05-1120', '078-00-1120', 'RSSMRA85T10A562T', 'QQ123456C', '529.982.247-24', '10000000147', '111222334'],
  },
  tax_id: { pass: ['86 095 742 719', '47036892816'], fail: ['86095742718', '06095742719'] },
  vehicle_plate: { pass: ['1M8GDM9AXKP042788', '11111111111111111'], fail: ['1M8GDM9AXKP042789', '1M8GDM9AXKP04278'] },
  full_name: { pass: ['Anna Lund', 'Zoë de la Cruz'], fail: ['anna', 'SKU 4711', 'Anna', 'see https://example.org'] },
  password: { pass: ['$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW', '$argon2id$v=19$m=65536'], fail: ['$12.50', 'hunter2'] },
  token: { pass: ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'], fail: ['eye', 'ghost'] },
};

let server: TestServer;
let client: pg.Client;
let duckdb: DuckDBInstance;
const runs: Record<'postgres' | 'duckdb', (sql: string) => Promise<boolean[]>> = {
  postgres: async (sql) => (await client.query<{ pass: boolean | null }>(sql)).rows.map(({ pass }) => pass === true),
  duckdb: async (sql) => {
    const connection = await duckdb.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson().map(({ pass }) => pass === true);
    } finally {
      connection.closeSync();
    }
  },
};

beforeAll(async () => {
  server = await startServer(bundledServer());
  client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  duckdb = await DuckDBInstance.create(':memory:');
});

afterAll(async () => {
  await client.end();
  duckdb.closeSync();
  await server.stop();
});

/** Which of the values any check of a kind lets through, as the engine says. */
async function passing(engine: 'postgres' | 'duckdb', kind: string, values: readonly string[]): Promise<string[]> {
  const tests = validators.filter((validator) => validator.kind === kind).map(({ form, test: sql }) => sql(WORDS[engine], form === 'written' ? 'w' : 'k'));
  const list = values.map((value, at) => `(${at}, '${value.replaceAll("'", "''")}')`).join(', ');
  const answers = await runs[engine](`select coalesce(${tests.map((sql) => `(${sql})`).join(' or ')}, false) as pass from (select place, w, upper(regexp_replace(w, '[ ./-]', '', 'g')) as k from (values ${list}) v(place, w)) s order by place`);
  return values.filter((_, at) => answers[at] === true);
}

describe.each(['postgres', 'duckdb'] as const)('checks of values in %s', (engine) => {
  test.each(Object.entries(CASES))('%s', async (kind, { pass, fail }) => {
    expect(await passing(engine, kind, [...pass, ...fail])).toEqual(pass);
  });

  test('have a case for every kind', () => {
    expect(new Set(validators.map(({ kind }) => kind))).toEqual(new Set(Object.keys(CASES)));
  });

  test('never fail on any text, and let hardly anything through by chance', async () => {
    const digits = fc.stringMatching(/^[0-9]{9,16}$/);
    const values = [...fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), 150), ...fc.sample(digits, 150)].map((value) => value.replaceAll('\0', ''));
    for (const kind of Object.keys(CASES)) expect((await passing(engine, kind, values)).length, kind).toBeLessThan(values.length * 0.2);
  });

  test('agree with the checks of literals', async () => {
    const cards = fc.sample(fc.stringMatching(/^4[0-9]{15}$/), 200);
    expect(await passing(engine, 'payment_card', cards)).toEqual(cards.filter(isPaymentCard));
    const accounts = fc.sample(fc.stringMatching(/^NL[0-9]{2}ABNA[0-9]{10}$/), 200);
    expect(await passing(engine, 'iban', accounts)).toEqual(accounts.filter(isIban));
  });
});
