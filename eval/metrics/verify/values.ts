import type { Client } from 'pg';
import { z } from 'zod';
import type { TestColumn, TestTable } from './schema.js';
import { rowsOf } from './session.js';

/** Values of columns to make rows from: what the texts mention, what lies beside it, and a little of everything else. */
export type Pools = Map<string, string[]>;

const POOL_MAX = 40;

function literalsOf(text: string): { texts: string[]; numbers: number[] } {
  const texts = [...text.matchAll(/'((?:[^']|'')*)'/g)].map((match) => (match[1] ?? '').replaceAll("''", "'"));
  const elements = texts.flatMap((each) => (/^\{.*\}$/.test(each) ? each.slice(1, -1).split(',').map((part) => part.replaceAll('"', '')) : []));
  const numbers = [...text.replace(/'(?:[^']|'')*'/g, ' ').matchAll(/(?<![\w.])\d+(?:\.\d+)?/g)].map((match) => Number(match[0]));
  return { texts: [...new Set([...texts, ...elements])], numbers: [...new Set(numbers)].filter((number) => number < 1e9) };
}

function textsFor(column: TestColumn, texts: readonly string[]): string[] {
  const shapes = texts.flatMap((text) => {
    const plain = text.replace(/\\[mMyb]/g, '').replace(/[%^$]/g, '');
    return [text, plain, plain.replace(/_/g, 'q'), plain.toUpperCase(), plain.toLowerCase(), `${plain}x`, `x${plain}`];
  });
  return ['x', 'y', '', 'Zz', ...shapes].filter((text) => column.length === null || text.length <= column.length);
}

const AROUND: Record<string, readonly string[]> = {
  date: ['0 days', '1 day', '-1 day'],
  timestamp: ['0 days', '1 day', '-1 day', '1 microsecond', '-1 microsecond', '12 hours', '23:59:59.5', '-3 hours'],
};

const CALENDAR = ['2023-12-31', '2024-01-01', '2024-01-15', '2024-01-31', '2024-02-29', '2024-03-31', '2024-06-30', '2025-01-06'];

/** Moments: those that are written, the instant, the instant less every interval that is written, and what lies just beside them. */
async function momentsFor(client: Client, base: string, texts: readonly string[], numbers: readonly number[], instant: string): Promise<string[]> {
  const type = base === 'date' ? 'date' : base;
  const steps = AROUND[base === 'date' ? 'date' : 'timestamp'] ?? [];
  const intervals = [...texts, ...numbers.filter((number) => number > 0 && number < 800).map((number) => `${number} days`)];
  const hours = numbers.filter((number) => Number.isInteger(number) && number > 0 && number < 24).join(', ');
  const rows = z.array(z.object({ value: z.string() })).parse(await rowsOf(client, `
    with written as materialized (
      select v::timestamptz as m from unnest(${quoteList([...texts, ...CALENDAR])}) v where v !~ '^[a-z]' and case when verify.castable(v, 'timestamptz') then v::timestamptz between '1950-01-01' and '2100-01-01' end
      union select timestamptz '${instant}' union select date_trunc('day', timestamptz '${instant}') union select date_trunc('month', timestamptz '${instant}')
      union select timestamptz '${instant}' - v::interval from unnest(${quoteList(intervals)}) v where verify.castable(v, 'interval') and v ~ '[a-z]'
      union select timestamptz '2024-06-15 00:00+00' + make_interval(hours => h, mins => m) from unnest(array[${hours}]::int[]) h, unnest(array[0, 30]) m
    ), beside as (
      select w.m + s::interval as m from written w, unnest(${quoteList(steps)}) s
      union select w.m + v::interval from written w, unnest(${quoteList(texts)}) v where verify.castable(v, 'interval') and v ~ '[a-z]'
    )
    select distinct ${base === 'date' ? 'm::date' : `m::${type}`}::text as value from beside where m between '1950-01-01' and '2100-01-01'`));
  return rows.map(({ value }) => value);
}

function quoteList(texts: readonly string[]): string {
  return texts.length === 0 ? `array[]::text[]` : `array[${texts.map(quote).join(', ')}]::text[]`;
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function candidates(client: Client, column: TestColumn, text: string, instant: string): Promise<string[]> {
  const { texts, numbers } = literalsOf(text);
  switch (column.base) {
    case 'enum':
      return column.members;
    case 'bool':
      return ['true', 'false'];
    case 'int2': case 'int4': case 'int8':
      return [0, 1, 2, 3, -1, -Math.max(2, ...numbers.filter((number) => number < 1_000)), ...numbers.flatMap((number) => [number - 1, number, number + 1])].filter(Number.isInteger).map(String);
    case 'numeric': {
      const step = 10 ** -Math.min(column.scale ?? 3, 3);
      return [0, 1, 2.5, 7, -1, ...numbers.flatMap((number) => [number, number - step, number + step])].map((number) => number.toFixed(Math.min(column.scale ?? 4, 6)));
    }
    case 'float4': case 'float8':
      return [0, 1, 2.5, -1, ...numbers.flatMap((number) => [number, number - 0.5, number + 0.25])].map(String);
    case 'date': case 'timestamp': case 'timestamptz':
      return momentsFor(client, column.base, texts, numbers, instant);
    case 'interval':
      return ['1 day', '01:00:00', ...texts];
    case 'uuid':
      return ['1', '2', '3', '4'].map((digit) => `0000000${digit}-0000-4000-8000-000000000000`);
    case 'json': case 'jsonb': {
      const words = texts.filter((each) => /^\w+$/.test(each));
      return ['{}', 'null', ...words.flatMap((key) => [...words, 'x'].map((value) => JSON.stringify({ [key]: value }))), ...words.map((key) => JSON.stringify({ [key]: null })), ...words.map((word) => JSON.stringify([word])), ...words.flatMap((key) => [0, 1, true].map((value) => JSON.stringify({ [key]: value })))];
    }
    case 'array': {
      const words = texts.filter((each) => /^[\w-]+$/.test(each));
      return ['{}', ...words.map((word) => `{${word}}`), ...words.map((word) => `{${word},x}`), '{x,x}', ...numbers.map((number) => `{${number}}`), '{1,2}'];
    }
    default:
      return textsFor(column, texts);
  }
}

/** What the queries say right beside a column. */
function besides(text: string, column: string): string {
  return [...text.matchAll(new RegExp(`\\b${column}\\b`, 'gi'))].map(({ index }) => text.slice(Math.max(0, index - 20), index + column.length + 70)).join('\n');
}

/** A pool for every column, of values that its type, its domain and the checks on it alone admit. What a foreign key reads is drawn from its parent. */
export async function poolsOf(client: Client, tables: readonly TestTable[], queries: string, ddl: string, instant: string): Promise<Pools> {
  const pools: Pools = new Map();
  for (const table of tables) {
    for (const column of table.columns.filter(({ generated }) => !generated)) {
      const close = new Set((await candidates(client, column, besides(queries, column.name), instant)).filter((value) => !CALENDAR.includes(value)));
      const values = [...new Set([...close, ...(await candidates(client, column, `${queries}\n${ddl}`, instant))])];
      const checks = table.checks.filter(({ columns }) => columns.length === 1 && columns[0] === column.name).map(({ expression }) => expression);
      const admitted = z.array(z.object({ value: z.string() })).parse(await rowsOf(client, `
        select v as value from unnest(${quoteList(values)}) v where verify.admits(v, ${quote(column.type)}, ${quote(column.name)}, ${quoteList(checks)})`));
      const all = admitted.map(({ value }) => value);
      const near = spread(all.filter((value) => close.has(value)));
      const wide = spread(all);
      // Half of the values are those that the queries compare the column with.
      const times = near.length === 0 ? 0 : Math.max(1, Math.floor(wide.length / near.length));
      pools.set(`${table.name}.${column.name}`, [...wide, ...Array.from({ length: times }, () => near).flat()]);
    }
  }
  return pools;
}

/** At most so many, from all parts of a list. */
function spread(values: readonly string[]): string[] {
  if (values.length <= POOL_MAX) return [...values];
  return Array.from({ length: POOL_MAX }, (_, index) => values[Math.floor((index * values.length) / POOL_MAX)] ?? '');
}

/** Functions that the pools and the worlds lean on, in a schema of their own. */
export const HELPERS = `
  create schema verify;
  create function verify.castable(value text, type text) returns boolean language plpgsql as $$
    begin execute format('select %L::%s', value, type); return true; exception when others then return false; end $$;
  create function verify.admits(value text, type text, name text, checks text[]) returns boolean language plpgsql as $$
    declare expression text; passed boolean;
    begin
      execute format('select %L::%s', value, type);
      foreach expression in array checks loop
        execute format('select (%s) is not false from (select %L::%s as %I) t', expression, value, type, name) into passed;
        if not passed then return false; end if;
      end loop;
      return true;
    exception when others then return false; end $$;
  create function verify.fill(rows jsonb) returns integer language plpgsql as $$
    declare tries jsonb; each text; written integer := 0;
    begin
      for tries in select * from jsonb_array_elements(rows) loop
        for each in select * from jsonb_array_elements_text(tries) loop
          begin execute each; written := written + 1; exit; exception when others then null; end;
        end loop;
      end loop;
      return written;
    end $$;`;
