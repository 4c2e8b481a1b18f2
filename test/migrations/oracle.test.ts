import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMigrations } from '../../src/migrations/index.js';
import type { ScratchEngine } from '../../src/model/scratch-engine.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { compare } from './support.js';
import { FAILING, PLAIN, SCHEMA } from './oracle-cases.js';
import { OF_TOOLS } from './oracle-tools.js';

let engine: ScratchEngine;

beforeAll(async () => {
  engine = scratchEngine('pglite');
  await (await engine.open()).close();
}, 60_000);

afterAll(async () => {
  await engine.close();
});

async function compared(schema: string, files: { path: string; text: string }[]) {
  const read = await readMigrations(files);
  const space = await engine.open();
  try {
    return { read, ...(await compare(space, schema, read)) };
  } finally {
    await space.close();
  }
}

describe('the catalogue after a migration is what a server has after it', () => {
  test.each(PLAIN)('%s', async (sql) => {
    const { told, ours, servers, brokenViews, refused } = await compared(SCHEMA, [{ path: 'migration.sql', text: sql }]);
    expect({ refused, unknown: told.unknown.map(({ why }) => why), brokenViews }).toEqual({ refused: [], unknown: [], brokenViews: [] });
    expect(ours).toEqual(servers);
    expect(told.changes.length).toBeGreaterThan(0);
  });

  test.each(OF_TOOLS)('$tool: $name', async ({ files, tool }) => {
    const { read, told, ours, servers, brokenViews, refused } = await compared(SCHEMA, files);
    expect(read.map((file) => file.tool)).toEqual(read.map(() => tool));
    expect({ refused, problems: read.flatMap(({ problems }) => problems), unknown: told.unknown.map(({ why }) => why), brokenViews }).toEqual({ refused: [], problems: [], unknown: [], brokenViews: [] });
    expect(ours).toEqual(servers);
  });
});

describe('what a server refuses is told', () => {
  test.each(FAILING)('%s', async (sql) => {
    const { told, refused } = await compared(SCHEMA, [{ path: 'migration.sql', text: sql }]);
    expect(refused.length).toBeGreaterThan(0);
    expect(told.unknown.map(({ why }) => why).filter((why) => /^fails: |^the catalogue has no /.test(why))).not.toEqual([]);
  });
});
