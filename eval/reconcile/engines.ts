import { closeSync, openSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { z } from 'zod';
import type { Engine } from '../../src/model/store.js';
import type { ClickHouseServer } from '../../test/support/clickhouse.js';
import type { EngineName, Kind } from './kinds.js';

export type { EngineName } from './kinds.js';

/** One engine that values are sent through. */
export interface LoadedEngine {
  label: string;
  engine: Engine & EngineName;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, string>[]>;
  /** A table of texts, all of them nullable, from a file of comma-separated values in which `\N` is NULL. */
  stage(table: string, columns: readonly string[], file: string): Promise<void>;
  close(): Promise<void>;
}

const texts = z.array(z.record(z.string(), z.string()));

export async function postgresEngine(url: string, label: string): Promise<LoadedEngine> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`set timezone = 'Asia/Kathmandu'; set datestyle = 'German'; set intervalstyle = 'iso_8601'; set extra_float_digits = 0`);
  return {
    label,
    engine: 'postgres',
    run: async (sql) => void (await client.query(sql)),
    rows: async (sql) => texts.parse((await client.query(sql)).rows),
    async stage(table, columns, file) {
      await client.query(`create unlogged table ${table} (${columns.map((column) => `${column} text`).join(', ')})`);
      await client.query(`copy ${table} from '${file}' with (format csv, null '\\N')`);
    },
    close: () => client.end(),
  };
}

export async function duckdbEngine(): Promise<LoadedEngine> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await connection.run(`set timezone = 'Asia/Kathmandu'`).catch(() => undefined);
  return {
    label: 'DuckDB',
    engine: 'duckdb',
    run: async (sql) => void (await connection.run(sql)),
    rows: async (sql) => texts.parse((await connection.runAndReadAll(sql)).getRowObjectsJson()),
    async stage(table, columns, file) {
      const types = columns.map((column) => `'${column}': 'VARCHAR'`).join(', ');
      await connection.run(`create table ${table} as select * from read_csv('${file}', columns = {${types}}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '\\N', allow_quoted_nulls = false, parallel = false, strict_mode = false, max_line_size = 1000000)`);
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

/** Before each statement events may pass, so that a connection which the server closed while rows were made or compared is not used again. */
export function clickhouseEngine(server: ClickHouseServer): LoadedEngine {
  return {
    label: 'ClickHouse',
    engine: 'clickhouse',
    run: async (sql) => {
      await turn();
      await server.run(sql);
    },
    rows: async (sql) => {
      await turn();
      return texts.parse(await server.rows(sql));
    },
    async stage(table, columns, file) {
      const structure = columns.map((column) => `${column} Nullable(String)`).join(', ');
      await turn();
      await server.run(`create table ${table} engine = MergeTree order by tuple() as select * from file('${file}', 'CSV', '${structure}')`);
    },
    close: () => Promise.resolve(),
  };
}

/** What stands in a cell of every engine's file. */
export interface Row {
  id: number;
  /** By the number of the kind. */
  values: (string | null)[];
}

/** The rows as each engine's loader gets them. */
export async function writeRows(files: ReadonlyMap<EngineName, string>, kinds: readonly Kind[], rows: Iterable<Row>): Promise<void> {
  const outs = [...files].map(([engine, file]) => ({ engine, out: openSync(file, 'w', 0o644), text: '' }));
  const flush = async (most: number): Promise<void> => {
    for (const one of outs.filter(({ text }) => text.length > most)) {
      writeSync(one.out, one.text);
      one.text = '';
      await turn();
    }
  };
  for (const { id, values } of rows) {
    for (const one of outs) {
      one.text += `"${id}"`;
      for (const [at, value] of values.entries()) {
        const kind = kinds[at];
        if (value === null || kind === undefined) one.text += ',\\N';
        else one.text += `,"${quotesDoubled(kind.written?.(value, one.engine) ?? value)}"`;
      }
      one.text += '\n';
    }
    if (id % 500 === 0) await flush(1_000_000);
  }
  await flush(0);
  for (const { out } of outs) closeSync(out);
}

function quotesDoubled(text: string): string {
  return text.includes('"') ? text.replaceAll('"', '""') : text;
}

/** A table of the kinds' own types, from texts: what a loader leaves. */
export async function loadTable(target: LoadedEngine, table: string, kinds: readonly Kind[], file: string): Promise<void> {
  const { engine } = target;
  await target.stage(`${table}_text`, ['id', ...kinds.map((_kind, at) => `t${at}`)], file);
  const columns = kinds.flatMap((kind, at) => {
    const type = kind.types[engine];
    return type === null ? [] : [`${castOf(kind, engine, type, `t${at}`)} as ${kind.name}`];
  });
  const id = engine === 'clickhouse' ? 'assumeNotNull(toInt64(id)) as id' : 'id::bigint as id';
  const kept = engine === 'clickhouse' ? 'engine = MergeTree order by id as' : 'as';
  await target.run(`create table ${table} ${kept} select ${[id, ...columns].join(', ')} from ${table}_text`);
  await target.run(`drop table ${table}_text`);
}

function castOf(kind: Kind, engine: EngineName, type: string, text: string): string {
  const written = kind.cast?.(engine, text);
  if (engine !== 'clickhouse') return written ?? `${text}::${type}`;
  if (kind.nullable === false) return `cast(${written?.replaceAll(text, `assumeNotNull(${text})`) ?? text} as ${type})`;
  const inner = type.startsWith('LowCardinality(') ? `LowCardinality(Nullable(${type.slice(15, -1)}))` : `Nullable(${type})`;
  return `cast(${written ?? text} as ${inner})`;
}
