import type { CollectedQuery, ConnectionReference, Container, Origin, Owner, QueryRole } from '../model/query.js';
import { CardReader } from './metabase/card-reader.js';
import { idKey } from './metabase/field-catalog.js';
import { Inventory, type CardEntry } from './metabase/inventory.js';
import { kindOf, type MetabaseCard, type MetabaseUser } from './metabase/shapes.js';
import { locate } from './common/json-position.js';
import { certaintyOf, isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import { descriptionOf, titleOf } from './common/words.js';
import type { ReadContext, Source } from './source.js';

const ID = 'metabase';


/**
 * Metabase, from what its API answers (`GET /api/card`, `/api/card/:id`, `/api/dashboard/:id`, `/api/database`,
 * `/api/database/:id/metadata`, `/api/collection`, `/api/native-query-snippet`, `/api/segment`, `/api/user`), v0.41 to v0.57.
 */
export const source: Source = {
  id: ID,
  recognises: ({ json }) => certaintyOf(json, certainty),
  read(files, context) {
    const inventory = new Inventory(files);
    const origins = new Origins();
    const reader = new CardReader(inventory);
    const queries = inventory.entries().map((entry) => cardQuery(entry, inventory, reader, origins, context));
    origins.resolve();
    return queries;
  },
};

function certainty(value: unknown): number {
  const kind = isObject(value) ? kindOf(value) : null;
  if (kind === 'card' || kind === 'dashboard') return 0.95;
  if (kind === 'database' || kind === 'table' || kind === 'field') return 0.8;
  return kind === null ? 0 : 0.6;
}

function cardQuery(entry: CardEntry, inventory: Inventory, reader: CardReader, origins: Origins, context: ReadContext): CollectedQuery {
  const { card, file, pointer } = entry;
  const text = reader.read(entry);
  const connection = connectionOf(card, inventory) ?? context.connection;
  const dashboards = inventory.dashboardsOf(entry);
  return {
    id: `${ID}:${connection?.name ?? connection?.id ?? 'unknown'}:card:${idKey(card.id) ?? card.entity_id ?? `${file.path}${pointer}`}`,
    kind: ID,
    role: roleOf(card),
    sqlKind: 'statement',
    title: titleOf(card.name),
    description: descriptionOf(card.description),
    container: containerOf(card, inventory, dashboards.map(({ id }) => id)),
    owners: ownersOf(card, inventory),
    connection,
    origin: originOf(origins, entry, text.pointer),
    raw: text.raw,
    reconstructed: text.reconstructed,
    variants: text.variants,
    isPublic: Boolean(card.public_uuid) || dashboards.some(({ dashboard }) => Boolean(dashboard.public_uuid)),
    lifecycle: card.archived === true ? 'archived' : 'active',
    usage:
      typeof card.view_count === 'number' || card.last_used_at
        ? { views: card.view_count ?? null, lastUsedAt: card.last_used_at ?? null }
        : null,
    schedule: null,
    problems: text.problems,
  };
}

/** A card that only has `legacy_query` holds its query as text within the text: the place is that of the inner one. */
function originOf(origins: Origins, { card, file, pointer }: CardEntry, inner: string): Origin {
  if (hasPointer(file.json, pointer + inner)) return origins.add(file, pointer + inner);
  if (!card.legacy_query || !hasPointer(file.json, `${pointer}/legacy_query`)) return origins.add(file, pointer);
  const sql = inner.replace('/dataset_query', '');
  const span = hasPointer(JSON.parse(card.legacy_query), sql) ? locate(card.legacy_query, [sql]).get(sql) : undefined;
  return origins.add(file, `${pointer}/legacy_query`, span?.isString === true ? span.start + 1 : 0);
}

function hasPointer(value: unknown, pointer: string): boolean {
  let at: unknown = value;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isObject(at) && Object.hasOwn(at, key)) at = at[key];
    else return false;
  }
  return at !== undefined && at !== null;
}

function roleOf(card: MetabaseCard): QueryRole {
  return card.type === 'metric' ? 'metric' : 'query';
}

function connectionOf(card: MetabaseCard, inventory: Inventory): ConnectionReference | null {
  const stated = card.dataset_query?.['database'];
  // The virtual database of saved questions; the card's own field tells the real one.
  const id = idKey(stated === -1337 ? null : stated) ?? idKey(card.database_id);
  if (id === null) return null;
  const byName = [...inventory.databases.values()].find(({ name }) => name === id);
  return inventory.databases.get(id) ?? byName ?? { id, name: null, engine: null, host: null, database: null };
}

function containerOf(card: MetabaseCard, inventory: Inventory, dashboards: readonly string[]): Container | null {
  const dashboard = dashboards[0] ?? idKey(card.dashboard_id);
  if (dashboard !== null) return { kind: 'dashboard', id: dashboard, title: titleOf(inventory.dashboards.get(dashboard)?.name) };
  const collection = idKey(card.collection_id) ?? idKey(card.collection?.id);
  if (collection === null) return null;
  return { kind: 'collection', id: collection, title: titleOf(inventory.collections.get(collection)?.name ?? card.collection?.name) };
}

/** Who made it, then who changed it last, where that is another one. */
function ownersOf(card: MetabaseCard, inventory: Inventory): Owner[] {
  const people = [card.creator ?? inventory.users.get(idKey(card.creator_id) ?? ''), card['last-edit-info']];
  const names = people.map(nameOf).filter((name) => name !== null);
  return [...new Set(names)].map((name) => ({ name, via: 'author' }));
}

function nameOf(user: MetabaseUser | null | undefined): string | null {
  const full = [user?.first_name, user?.last_name].filter(Boolean).join(' ');
  return titleOf(user?.common_name) ?? titleOf(full) ?? titleOf(user?.email);
}
