import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { AskedEngine, AskedStore, Care } from '../../src/evidence/asking.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { MaskLevel } from '../../src/model/masking.js';
import type { RelationMovement } from '../../src/model/movement.js';
import type { PersonalColumn } from '../../src/model/personal-column.js';

import { openLive, openStore } from '../../src/stores/index.js';
import { noContext } from '../support/store-context.js';

/** Permits everything, and remembers what was asked. */
export class Permitting implements Care {
  gaveUp: string | null = null;
  permit(): Promise<string | null> {
    return Promise.resolve(this.gaveUp);
  }
  timed<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
  giveUp(why: string): void {
    this.gaveUp = why;
  }
}

export interface OpenedStore extends AskedStore {
  /** What was sent to the store and what came back, as JSON. */
  sent: string[];
  received: string[];
}

/** A store as it is asked, whose statements and answers are written down. */
export async function opened(engine: AskedEngine, name: string, url: string): Promise<OpenedStore> {
  const store = await openStore(engine, { name, url }, noContext);
  const { value: catalog } = await store.catalog();
  await store.close();
  const session = await openLive(engine, { name, url }, noContext);
  const [sent, received]: [string[], string[]] = [[], []];
  const query = session.query.bind(session);
  session.query = async (row, sql, bounds) => {
    sent.push(sql);
    const rows = await query(row, sql, bounds);
    received.push(JSON.stringify(rows));
    return rows;
  };
  return { name, role: engine === 'duckdb' ? 'warehouse' : 'operational', engine, catalog, session, care: new Permitting(), sent, received };
}

/** A DuckDB file that these statements make. */
export async function warehouseFile(statements: readonly string[]): Promise<{ path: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-evidence-'));
  const path = join(folder, 'warehouse.duckdb');
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** `production app.customer.email` with what became of it: `warehouse raw.customer.email raw`. */
export function personal(place: string, { kind = 'email', class: of = 'direct', copies = [], uses = [] }: { kind?: string; class?: PersonalColumn['class']; copies?: string[]; uses?: PersonalColumn['uses'] }): PersonalColumn {
  return {
    place: placeOf(place), zone: 'internal', dataType: 'text', kind, class: of, confidence: 0.99, reasons: [], against: [], declarations: [], uses,
    copies: copies.map((copy) => {
      const [store = '', column = '', mask = 'raw'] = copy.split(' ');
      return { place: placeOf(`${store} ${column}`), zone: 'raw', mask: maskOf(mask), via: 'load', by: 'role loader', from: placeOf(place), confidence: 1, readers: 0 };
    }),
  };
}

export function placeOf(text: string): PersonalColumn['place'] {
  const [store = '', name = ''] = text.split(' ');
  const at = name.lastIndexOf('.');
  return { store, relation: name.slice(0, at), column: name.slice(at + 1) };
}

function maskOf(text: string): MaskLevel {
  return text === 'pseudonymous-weak' || text === 'partial' || text === 'aggregate' ? text : 'raw';
}

/** `production app.customer` → `warehouse raw.customer`, with `id>customer_id` for what arrives as it was. */
export function moved(from: string, to: string, columns: string, by = 'role loader'): RelationMovement {
  const side = (text: string) => ({ store: text.split(' ')[0] ?? '', relation: text.split(' ')[1] ?? '' });
  return {
    from: side(from), to: side(to), via: 'load', by, rowFilter: null, conditions: [], confidence: 1, evidence: 'declared',
    columns: columns.split(' ').map((pair) => {
      const [source = '', target = source] = pair.replace('~', '').split('>');
      return { from: source, to: target, mask: pair.startsWith('~') ? 'pseudonymous-weak' : 'raw', identity: !pair.startsWith('~') };
    }),
  };
}

export function catalogsOf(stores: readonly AskedStore[]): Map<string, Catalog> {
  return new Map(stores.map(({ name, catalog }) => [name, catalog]));
}
