import type { ColumnPair, ComparedColumn, PairWatermark, ReconcilePair, ReconcileSide, StoreConfiguration } from '../../model/configuration.js';
import { suggestion } from '../../text/nearest-name.js';
import { UsageError } from '../usage-error.js';
import type { ComparisonOptions } from './options.js';

const EXAMPLE = 'as in --pair production:shop.orders=warehouse:raw.orders';
const DECIMALS_MAX = 18;

/**
 * The pairs that flags name.
 *
 * @throws UsageError for what is no pair, a store that is not there, and flags that belong to `--pair` without one
 */
export function adHocPairs(options: ComparisonOptions, stores: readonly StoreConfiguration[]): ReconcilePair[] {
  const given = options.pair ?? [];
  for (const flag of ['key', 'columns', 'except', 'watermark'] as const) {
    if (options[flag] === undefined) continue;
    if (given.length === 0) throw new UsageError(`--${flag} is for a pair of --pair`, `a pair of tidemark.yaml has its own ${flag}:`);
    if (given.length > 1) throw new UsageError(`--${flag} is for one --pair, and there are ${given.length}`, 'compare them one after the other, or name the pairs in tidemark.yaml');
  }
  const names = new Set<string>();
  return given.map((text) => {
    const { source, target } = sidesOf(text, stores);
    const plain = source.relation.slice(source.relation.indexOf('.') + 1);
    const name = names.has(plain) ? `${source.relation} ${target.relation}` : plain;
    names.add(name);
    return {
      name, source, target, period: 'day', periods: 14, sums: [], tolerance_ratio: 0, product: null, provisional_seconds: null, every_seconds: null,
      key: options.key === undefined ? null : listOf('key', options.key).map((part) => pairOf('key', part)),
      columns: options.columns === undefined ? null : listOf('columns', options.columns).map(comparedOf),
      except: options.except === undefined ? [] : listOf('except', options.except).map((part) => unquoted('except', part)),
      watermark: options.watermark === undefined ? null : watermarkOf(options.watermark),
    };
  });
}

function sidesOf(text: string, stores: readonly StoreConfiguration[]): { source: ReconcileSide; target: ReconcileSide } {
  const [source, target, more] = split(text, '=');
  if (source === undefined || target === undefined || more !== undefined) throw new UsageError(`--pair takes SOURCE=TARGET, not '${text}'`, EXAMPLE);
  return { source: sideOf(text, source, stores), target: sideOf(text, target, stores) };
}

function sideOf(whole: string, text: string, stores: readonly StoreConfiguration[]): ReconcileSide {
  const [store, relation, more] = split(text, ':').map((part) => unquoted('pair', part));
  if (store === undefined || relation === undefined || more !== undefined) throw new UsageError(`--pair names each side as STORE:SCHEMA.NAME, and '${text}' of '${whole}' is not`, EXAMPLE);
  const names = stores.map(({ name }) => name);
  if (!names.includes(store)) throw new UsageError(`--pair names a store '${store}' that is not there${suggestion(store, names)}`, names.length === 0 ? 'name one with --postgres or --duckdb, or in tidemark.yaml' : `stores: ${names.join(', ')}`);
  if (!/^[^.]+\.[^.]+$/.test(relation)) throw new UsageError(`--pair names a relation as schema.name, not '${relation}'`, EXAMPLE);
  return { store, relation, query: null, time_column: null, deleted_column: null };
}

function pairOf(flag: string, text: string): ColumnPair {
  const [source, target = source, more] = split(text, '=').map((part) => unquoted(flag, part));
  if (source === undefined || target === undefined || more !== undefined) throw new UsageError(`--${flag} takes columns, or SOURCE=TARGET where their names differ, not '${text}'`, 'as in --key order_id=id,line_no');
  return { source, target };
}

function comparedOf(text: string): ComparedColumn {
  const [columns = '', decimals, more] = split(text, ':');
  if (more !== undefined || (decimals !== undefined && !/^\d{1,2}$/.test(decimals)) || Number(decimals ?? 0) > DECIMALS_MAX) {
    throw new UsageError(`--columns takes columns, each with its number of decimals behind a colon if it is rounded, not '${text}'`, 'as in --columns status,amount:2,placed_at=ordered_at');
  }
  return { ...pairOf('columns', columns), decimals: decimals === undefined ? null : Number(decimals) };
}

function watermarkOf(text: string): PairWatermark {
  const [first = '', second, more] = split(text, ':');
  const kind = second === undefined ? 'time' : ['time', 'version', 'lsn'].find((one) => one === first);
  if (more !== undefined || kind === undefined) throw new UsageError(`--watermark takes a column, behind time:, version: or lsn: what it is, not '${text}'`, 'as in --watermark updated_at or --watermark lsn:_ab_cdc_lsn');
  const { source, target } = pairOf('watermark', second ?? first);
  if (kind === 'lsn') return { kind, source: null, target };
  return { kind: kind === 'version' ? 'version' : 'time', source, target };
}

function listOf(flag: string, text: string): string[] {
  const parts = split(text, ',');
  if (parts.some((part) => part.trim() === '')) throw new UsageError(`--${flag} has an empty name: '${text}'`, `columns are parted by commas; a name with a comma stands in quotes, as in --${flag} '"city, country"'`);
  return parts;
}

/** Parts a text at a sign that does not stand within double quotes. */
function split(text: string, sign: string): string[] {
  const parts = [''];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === sign && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function unquoted(flag: string, text: string): string {
  const plain = text.trim();
  const name = /^".*"$/s.test(plain) && plain.length > 1 ? plain.slice(1, -1).replaceAll('""', '"') : plain;
  if (name === '') throw new UsageError(`--${flag} has an empty name`, flag === 'pair' ? EXAMPLE : null);
  return name;
}
