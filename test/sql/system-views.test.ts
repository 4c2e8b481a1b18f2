import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selfCheck } from '../../src/graph/self-check.js';
import type { Catalog } from '../../src/model/catalog.js';
import { lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';
import { engine } from '../../src/stores/postgres.js';
import { installedServers, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';
import { copySystemViews } from '../support/system-views.js';

/** The views that PostgreSQL ships with are queries that nobody wrote for us, and the server knows what they refer to. */
describe.each(installedServers())('the views of PostgreSQL $major', (binaries) => {
  let server: TestServer;
  let catalog: Catalog;
  let parse: Parse;
  let shipped: number;

  beforeAll(async () => {
    parse = await createPostgresParser();
    server = await startServer(binaries);
    const copy = await copySystemViews(server);
    shipped = copy.views;
    const store = await engine.open({ name: 'production', url: copy.url }, noContext);
    ({ value: catalog } = await store.catalog());
    await store.close();
  });
  afterAll(() => server.stop());

  test('are read as the server recorded them', () => {
    const check = selfCheck(lineageContext(new SchemaIndex(catalog), parse));
    expect([...check.doubts.values()]).toEqual([]);
    expect(check.counts).toEqual({ total: shipped, agree: shipped, differ: 0 });
    expect(shipped).toBeGreaterThanOrEqual(128);
  });

  test('have columns of the names that we give them, and nothing in them is unknown', () => {
    const context = lineageContext(new SchemaIndex(catalog), parse);
    const wrong = catalog.relations.flatMap(({ kind, name, definition, columns }) => {
      const statement = kind === 'view' ? parse(definition ?? '').statements[0]?.statement : undefined;
      if (!statement) return [];
      const { outputs, unknownRelations, opaque, references } = resolveStatement(statement, context);
      const named = outputs.map((output) => output.name).join() === columns.map((column) => column.name).join();
      return named && unknownRelations.size === 0 && opaque.size === 0 && references.resolved === references.total ? [] : [name];
    });
    expect(wrong).toEqual([]);
  });
});
