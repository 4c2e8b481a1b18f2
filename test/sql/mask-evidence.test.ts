import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contradiction, createPeople, gather } from '../../eval/masking/evidence.js';
import { readExpressions } from '../../eval/masking/run.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

let server: TestServer;
let client: pg.Client;

beforeAll(async () => {
  server = await startServer(bundledServer());
  client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  await createPeople(client);
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

describe('the labels of the masking cases, on a server with 2,000 invented people', () => {
  test('are borne out by what each expression shows', async () => {
    const contradicted: string[] = [];
    const labelled = readExpressions().filter(({ dialect }) => dialect === 'postgres');
    for (const expression of labelled) {
      const evidence = await gather(client, expression);
      const reason = contradiction(expression, evidence);
      if (reason !== null) contradicted.push(`${expression.expression} is labelled ${expression.level}, but ${reason}: ${JSON.stringify(evidence)}`);
    }
    expect(labelled.length).toBeGreaterThanOrEqual(150);
    expect(contradicted).toEqual([]);
  });

  test('would be contradicted by wrong labels', async () => {
    const judge = async (level: 'raw' | 'partial' | 'predicate' | 'constant' | 'reversible', expression: string) =>
      contradiction({ level, form: 'row' }, await gather(client, { form: 'row', column: 'email', expression }));
    expect(await judge('partial', "split_part(email, '@', 1)")).toBe('tells people apart');
    expect(await judge('partial', 'left(email, 60)')).toBe('holds the value');
    expect(await judge('raw', "split_part(email, '@', 2)")).toBe('neither holds the value nor tells people apart');
    expect(await judge('constant', "split_part(email, '@', 1)")).toBe('shows more than the shape');
    expect(await judge('predicate', 'left(email, 1)')).toBe('shows more than one bit');
    expect(await judge('reversible', 'left(email, 1)')).toBe('does not tell people apart');
  });
});
