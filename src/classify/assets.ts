import type { AssetFacts } from '../facts/asset.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { Configuration } from '../model/configuration.js';
import type { Snapshot } from '../model/snapshot.js';
import { like } from '../text/glob.js';
import { plainText } from '../text/plain-text.js';

export interface OwnedAsset extends AssetFacts {
  store: string;
  owner: string | null;
}

interface Named {
  name: string;
  kind: string;
  store: string;
  /** Who says who is accountable: `registry: Data Platform Team`. */
  by: { owner: string; source: string }[];
  readers: number;
}

/**
 * Contracts, data products, declared metrics, concepts, official reports, and marts that several consumers read, with who is accountable for
 * each (Part 066 §12). The configuration's `assets` stands above all others.
 */
export function assetsOf({ boundaries, snapshot, configuration }: { boundaries: readonly StoreBoundary[]; snapshot: Snapshot; configuration: Configuration }): OwnedAsset[] {
  const named = [...contractsOf(snapshot, boundaries), ...productsOf(configuration, boundaries), ...metricsOf(configuration), ...conceptsOf(configuration), ...reportsOf(snapshot), ...martsOf(boundaries)];
  const merged = new Map<string, Named>();
  for (const asset of named) {
    const key = `${asset.store}\n${asset.name}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? asset : { ...known, by: [...known.by, ...asset.by], readers: Math.max(known.readers, asset.readers) });
  }
  return [...merged.values()].map((asset) => owned(asset, configuration)).sort((a, b) => (`${a.name} ${a.store}` < `${b.name} ${b.store}` ? -1 : 1));
}

function owned({ name, kind, store, by, readers }: Named, { assets = [] }: Configuration): OwnedAsset {
  const entry = assets.find(({ match }) => like(name, match) || like(`${store}:${name}`, match));
  const words = entry?.accountable ? [{ owner: entry.accountable, source: 'configuration' }] : by;
  const distinct = new Map<string, string>();
  for (const { owner, source } of words) if (!distinct.has(sameOwner(owner))) distinct.set(sameOwner(owner), `${plainText(owner, 120)} (${source})`);
  const [first] = words;
  return { name, kind, store, accountable: [...distinct.values()], accountables: distinct.size, responsible: entry?.responsible ?? first?.owner ?? '', readers, owner: first?.owner ?? null };
}

/** `data-platform` and `Data Platform Team` are one. */
const sameOwner = (owner: string): string => owner.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').replace(/\b(?:team|the)\b/g, '').trim();

const readersOf = (relation: string, { accesses }: StoreBoundary): number => new Set(accesses.filter(({ statement }) => statement.direct_relations.includes(relation)).map(({ consumer }) => consumer.name)).size;

function contractsOf({ stores, contracts = [] }: Snapshot, boundaries: readonly StoreBoundary[]): Named[] {
  const registered = stores.flatMap(({ name: store, contractRegistry }) => (contractRegistry?.rows ?? []).filter(({ deprecatedAt }) => deprecatedAt === null).map((row): Named => {
    const home = contractRegistry?.relation.split('.')[0] ?? '';
    const name = row.name.includes('.') ? row.name : `${home}.${row.name}`;
    const boundary = boundaries.find((one) => one.store.name === store);
    return { name, kind: 'contract', store, by: row.owner === null ? [] : [{ owner: row.owner, source: 'registry' }], readers: boundary === undefined ? 0 : readersOf(name, boundary) };
  }));
  const declared = contracts.filter(({ status }) => !/deprecated|retired/i.test(status ?? '')).map(({ name, owner, origin }): Named => ({ name, kind: 'contract', store: '', by: owner === null ? [] : [{ owner, source: origin.file }], readers: 0 }));
  return [...registered, ...declared];
}

function productsOf({ live: { dataProducts } }: Configuration, boundaries: readonly StoreBoundary[]): Named[] {
  return dataProducts.map(({ name, owner, store, relation }) => {
    const boundary = boundaries.find((one) => relation !== null && one.zones.has(relation));
    return { name, kind: 'data product', store: store ?? boundary?.store.name ?? '', by: owner === null ? [] : [{ owner, source: 'data_products' }], readers: boundary === undefined || relation === null ? 0 : readersOf(relation, boundary) };
  });
}

/** A declared metric without an owner has a rule of its own. */
const metricsOf = ({ metrics = [] }: Configuration): Named[] => metrics.filter(({ owner }) => owner !== null).map(({ name, store, owner }) => ({ name, kind: 'metric', store: store ?? '', by: owner === null ? [] : [{ owner, source: 'metrics' }], readers: 0 }));

const conceptsOf = ({ concepts = [] }: Configuration): Named[] => concepts.map(({ name, authority, owner }) => ({ name, kind: 'concept', store: authority?.store ?? '', by: owner === null ? [] : [{ owner, source: 'concepts' }], readers: 0 }));

const reportsOf = ({ stores }: Snapshot): Named[] => stores.flatMap(({ name: store, control }) => (control?.reports ?? []).map(({ report }): Named => ({ name: report, kind: 'official report', store, by: [], readers: 0 })));

/** Fewer readers are no dependency yet. */
const MART_READERS_MIN = 3;

function martsOf(boundaries: readonly StoreBoundary[]): Named[] {
  return boundaries.filter(({ store }) => store.role === 'warehouse').flatMap((boundary) => [...boundary.zones].filter(([, { zone }]) => zone === 'mart' || zone === 'semantic').flatMap(([name]): Named[] => {
    const readers = readersOf(name, boundary);
    const comment = boundary.store.catalog.relations.find((relation) => `${relation.schema}.${relation.name}` === name)?.comment ?? '';
    const [, owner] = /\bowner\s*[:=]\s*([^\n;,.]+)/i.exec(comment) ?? [];
    return readers < MART_READERS_MIN ? [] : [{ name, kind: 'mart', store: boundary.store.name, by: owner === undefined ? [] : [{ owner: owner.trim(), source: 'comment' }], readers }];
  }));
}
