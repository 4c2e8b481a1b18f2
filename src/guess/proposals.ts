import type { Relation } from '../model/catalog.js';
import { relationKey } from '../sql/schema-index.js';
import type { GuessInput, ProposedPair } from './input.js';
import { guessed, proposed, remark, yamlFlow, yamlText } from './yaml.js';

/** A first file is read by a person: so many of each kind, the most used first. */
const PROPOSED_MAX = 20;
/** Columns that loaders leave, in the order of trust, and those that say when something happened. */
const LOADED = [/^source_(?:loaded_at|high_watermark)$/i, /^_?(?:dbt_)?loaded_at$/i, /^_fivetran_synced$/i, /^_airbyte_(?:extracted|emitted)_at$/i, /^_sdc_(?:batched|extracted)_at$/i, /^(?:etl_|dw_|dbt_)?(?:loaded|inserted|refreshed|updated)_(?:at|on|ts)$/i];
const BUSINESS_TIME = /(?:_at|_on|_date|_day|_month|_time|^date|^day|^month|^ts|timestamp)$/i;
const TIME_TYPE = /^(?:timestamp|date|datetime)/i;

/** Relations of warehouses that consumers read, as data products, with the columns that tell how far they are. */
export function productLines({ boundaries, consumers, snapshot }: GuessInput): string[] {
  const products = boundaries.filter(({ store }) => store.role === 'warehouse').flatMap(({ store, zones }) => {
    const known = new Map((store.control?.watermarks ?? []).map(({ product }) => [product, product]));
    return store.catalog.relations.flatMap((relation) => {
      const key = relationKey(relation);
      const readers = consumers.filter(({ reads }) => reads.some((read) => read.store === store.name && read.relations.includes(key))).length;
      if (readers === 0 || !['mart', 'semantic', 'unknown'].includes(zones.get(key)?.zone ?? 'unknown') || !isNameable(key)) return [];
      return [{ store: store.name, key, readers, relation, registered: known.has(relation.name) }];
    });
  });
  const shown = products.toSorted((one, other) => other.readers - one.readers || (one.key < other.key ? -1 : 1)).slice(0, PROPOSED_MAX);
  if (shown.length === 0) return [];
  const many = snapshot.stores.filter(({ role }) => role === 'warehouse').length > 1;
  const names = new Set<string>();
  return [
    remark('What consumers read in the warehouse. How fresh each must be is a promise that somebody makes: freshness: { target: 15min }'),
    ...proposed(['data_products:', ...shown.flatMap(({ store, key, relation, readers, registered }) => [
      remark(`${readers === 1 ? 'one consumer reads' : `${readers} consumers read`} it${registered ? '; its watermark is kept by the control table' : ''}`, '  '),
      `  - name: ${yamlText(unused(relation.name, key, names))}`,
      ...(many ? [`    store: ${yamlText(store)}`] : []),
      `    relation: ${yamlText(key)}`,
      ...timeLines(relation, registered),
    ])]),
  ];
}

function timeLines(relation: Relation, registered: boolean): string[] {
  const times = relation.columns.filter(({ type }) => TIME_TYPE.test(type)).map(({ name }) => name).filter((name) => !name.includes('${'));
  const loaded = LOADED.flatMap((form) => times.filter((name) => form.test(name)))[0];
  const business = times.find((name) => name !== loaded && BUSINESS_TIME.test(name) && !LOADED.some((form) => form.test(name)));
  return [
    ...(loaded === undefined || registered ? [] : [`    watermark: ${yamlFlow({ relation: yamlText(relationKey(relation)), column: yamlText(loaded) })}`]),
    ...(business === undefined ? [] : [`    time_column: ${yamlText(business)}`]),
  ];
}

/** Pairs that should hold the same rows. Those that lack what a comparison needs say what. */
export function pairLines({ pairs }: GuessInput): string[] {
  const shown = pairs.filter(({ source, target }) => isNameable(source.relation) && isNameable(target.relation)).slice(0, PROPOSED_MAX);
  if (shown.length === 0) return [];
  return [remark('Relations that should hold the same rows. A pair counts as reconciliation once it stands here without its #.'), ...proposed(['reconcile:', ...shown.flatMap(pairEntry)])];
}

function pairEntry({ name, source, target, key, watermark, reason, confidence, missing }: ProposedPair): string[] {
  const both = source.time_column !== null && target.time_column !== null;
  const side = ({ store, relation, time_column }: ProposedPair['source']) => yamlFlow({ store: yamlText(store), relation: yamlText(relation), time_column: both && time_column !== null ? yamlText(time_column) : null });
  const column = (pair: { source: string; target: string }) => (pair.source === pair.target ? yamlText(pair.source) : yamlFlow({ source: yamlText(pair.source), target: yamlText(pair.target) }));
  return [
    remark(guessed(confidence, [reason]), '  '),
    ...missing.map((text) => remark(`missing: ${text}`, '  ')),
    `  - name: ${yamlText(name)}`, `    source: ${side(source)}`, `    target: ${side(target)}`,
    ...(key === null ? [] : [`    key: [${key.map(column).join(', ')}]`]),
    ...(watermark === null ? [] : [`    watermark: ${yamlFlow({ kind: watermark.kind, source: watermark.source === null ? null : yamlText(watermark.source), target: yamlText(watermark.target) })}`]),
  ];
}

/** Metrics that several definitions claim: which one is meant is somebody's to say. */
export function metricLines({ metrics }: GuessInput): string[] {
  const claimed = metrics.filter(({ definitions, name }) => definitions > 1 && name !== '' && !name.includes('${')).toSorted((one, other) => other.definitions - one.definitions || (one.name < other.name ? -1 : 1));
  const names = new Set<string>();
  const shown = claimed.filter(({ name }) => !names.has(name.trim().toLowerCase()) && names.add(name.trim().toLowerCase())).slice(0, PROPOSED_MAX);
  if (shown.length === 0) return [];
  return [
    remark('Metrics that are claimed more than once. Declare the true one with relation and formula, or sql; tidemark metrics explains each.'),
    ...proposed(['metrics:', ...shown.flatMap(({ name, store, relation, definitions, verdict }) => [
      remark(`${definitions} definitions over ${relation} of ${store}: ${verdict}`, '  '),
      `  - name: ${yamlText(name)}`, `    pin: [${yamlText(name)}]`,
    ])]),
  ];
}

/** Tables of the operational store that move to a warehouse: what the business keeps there, and where its truth is committed. */
export function conceptLines({ boundaries, movements }: GuessInput): string[] {
  const sources = boundaries.filter(({ store }) => store.role === 'operational').flatMap(({ store }) =>
    store.catalog.relations.filter(({ kind }) => kind === 'table' || kind === 'partitioned_table').map((relation) => ({ store: store.name, key: relationKey(relation), name: relation.name })),
  );
  const concepts = sources.flatMap(({ store, key, name }) => {
    const moved = movements.filter(({ from, to }) => from.store === store && from.relation === key && to.store !== store);
    const relations = [...new Set(moved.map(({ to }) => to.relation))].sort().filter(isNameable);
    const [surest] = moved.toSorted((one, other) => other.confidence - one.confidence);
    return surest === undefined || !isNameable(key) || relations.length === 0 ? [] : [{ store, key, name, relations, via: surest.via, why: guessed(surest.confidence, [surest.evidence]) }];
  });
  if (concepts.length === 0) return [];
  const names = new Set<string>();
  return [
    remark('What the business keeps, by what moves to the warehouse. The authority is where its truth is committed.'),
    ...proposed(['concepts:', ...concepts.slice(0, PROPOSED_MAX).flatMap(({ store, key, name, relations, via, why }) => [
      remark(why, '  '),
      `  - name: ${yamlText(unused(name.replaceAll('_', ' '), key, names))}`,
      `    authority: ${yamlFlow({ store: yamlText(store), relation: yamlText(key) })}`,
      `    relations: [${[key, ...relations].map(yamlText).join(', ')}]`,
      `    movement: ${yamlText(via)}`,
    ])]),
  ];
}

/** Whether a configuration can name it: `schema.name`, without what it would read as a pattern or a reference. */
function isNameable(key: string): boolean {
  return /^[^.]+\.[^.]+$/.test(key) && !/[*\p{C}]|\$\{/u.test(key);
}

function unused(name: string, other: string, names: Set<string>): string {
  const free = names.has(name) ? other : name;
  names.add(free);
  return free;
}
