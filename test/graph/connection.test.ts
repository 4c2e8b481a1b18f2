import { describe, expect, test } from 'vitest';
import { storeOf } from '../../src/graph/connection.js';
import type { StoreConfiguration } from '../../src/model/configuration.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { emptyCatalog } from '../../src/sql/catalog.js';
import { card, configuration, store } from '../support/estate.js';

const production = store(emptyCatalog());
const warehouse = store(emptyCatalog(), { name: 'warehouse', role: 'warehouse', engine: 'duckdb', database: 'warehouse' });
const configured = (name: string, overrides: Partial<StoreConfiguration> = {}): StoreConfiguration => ({ name, role: 'operational', engine: 'postgres', url: null, match: [], ...overrides });

function placed(overrides: Partial<CollectedQuery>, stores = [production, warehouse], config = configuration()): { store: string | null; guess: string | null; waits: boolean } {
  const assignment = storeOf(card('SELECT 1', overrides), stores, config);
  return { store: assignment.store?.name ?? null, guess: assignment.guess, waits: assignment.waits };
}

const connection = (overrides: Partial<NonNullable<CollectedQuery['connection']>>): NonNullable<CollectedQuery['connection']> => ({ id: null, name: null, engine: null, host: null, database: null, ...overrides });

describe('the store behind a connection', () => {
  test('is the configured one, by all keys of one pattern', () => {
    const config = configuration({ stores: [configured('production', { match: [{ tool: 'metabase', name: 'Prod*' }] }), configured('warehouse', { match: [{ tool: 'grafana' }] })] });
    expect(placed({ connection: connection({ name: 'Production', engine: 'mysql' }) }, undefined, config)).toEqual({ store: 'production', guess: null, waits: false });
    expect(placed({ kind: 'grafana', connection: connection({ name: 'Production' }) }, undefined, config).store).toBe('warehouse');
  });

  test('is the store that a file names', () => {
    expect(placed({ kind: 'sql-files', connection: connection({ name: 'warehouse' }) })).toEqual({ store: 'warehouse', guess: null, waits: false });
  });

  test('is guessed from the database, the engine, or that there is only one', () => {
    expect(placed({ connection: connection({ name: 'Main', engine: 'grafana-postgresql-datasource' }) })).toEqual({
      store: 'production', guess: 'connection "Main" taken for store production: it is the only postgres store', waits: false,
    });
    const reporting = store(emptyCatalog(), { name: 'reporting', database: 'reporting' });
    expect(placed({ connection: connection({ name: 'Main', engine: 'postgres', database: 'reporting' }) }, [production, reporting]).guess).toBe('connection "Main" taken for store reporting: its database is called reporting');
    expect(placed({ connection: null })).toMatchObject({ store: 'production', guess: 'queries without a connection taken for store production: it names no connection' });
  });

  test('is unknown where two could be meant, or none', () => {
    const other = store(emptyCatalog(), { name: 'other', database: 'other' });
    expect(placed({ connection: connection({ name: 'Main', engine: 'postgres' }) }, [production, other])).toEqual({ store: null, guess: null, waits: false });
    expect(placed({ connection: connection({ name: 'Legacy', engine: 'mysql' }) })).toEqual({ store: null, guess: null, waits: false });
  });

  test('is waited for where it is known and could not be looked at', () => {
    const config = configuration({ stores: [configured('production')] });
    expect(placed({ connection: connection({ name: 'Main', engine: 'postgres' }) }, [], config)).toEqual({ store: null, guess: 'connection "Main" taken for store production: it is the only postgres store', waits: true });
  });
});
