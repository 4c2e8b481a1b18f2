import type { ConnectionReference, Container, Owner } from '../../model/query.js';
import { titleOf } from '../common/words.js';
import type { CardEntry } from './entries.js';
import { idKey } from './field-catalog.js';
import type { Inventory } from './inventory.js';
import type { MetabaseCard, MetabaseCollection, MetabaseKey, MetabaseUser } from './shapes.js';

/** Collections above each other that are looked at. */
const ANCESTORS_MAX = 50;
/** The virtual database of questions about saved questions. */
const SAVED_QUESTIONS = -1337;
const SIGNATURES_MAX = 200;

export function connectionOf(card: MetabaseCard, inventory: Inventory): ConnectionReference | null {
  const stated = card.dataset_query?.['database'];
  const id = idKey(stated === SAVED_QUESTIONS ? null : stated) ?? idKey(card.database_id);
  return id === null ? null : databaseOf(id, inventory);
}

/** A database by its id or, in the serialisation, its name. */
export function databaseOf(id: string, inventory: Inventory): ConnectionReference {
  const known = inventory.database(id);
  if (known !== undefined) return known;
  const isNumber = /^\d+$/.test(id);
  return { id: isNumber ? id : null, name: isNumber ? null : titleOf(id), engine: null, host: null, database: null };
}

export function containerOf({ card }: CardEntry, inventory: Inventory, dashboards: readonly string[]): Container | null {
  const dashboard = dashboards[0] ?? idKey(card.dashboard_id);
  const collection = collectionOf(card, inventory);
  if (dashboard !== null) {
    const shown = { kind: 'dashboard' as const, id: dashboard, title: titleOf(inventory.dashboards.get(dashboard)?.name) };
    return collection === null ? shown : { ...shown, within: collection };
  }
  const document = idKey(card.document_id);
  if (document !== null) return { kind: 'notebook', id: document, title: titleOf(inventory.documents.get(document)) };
  return collection;
}

function collectionOf(card: MetabaseCard, inventory: Inventory): Container | null {
  const collection = idKey(card.collection_id) ?? idKey(card.collection?.id);
  if (collection === null) return null;
  return { kind: 'collection', id: collection, title: titleOf(inventory.collections.get(collection)?.name ?? card.collection?.name) };
}

/** Who answers for it, who made it, who changed it last, and whose personal collection it lies in. */
export function ownersOf(card: MetabaseCard, inventory: Inventory): Owner[] {
  const found: [MetabaseUser | MetabaseKey, Owner['via']][] = [
    [card.owner_email ?? card.owner_user_id, 'owner-field'],
    [card.creator ?? card.creator_id, 'author'],
    [card['last-edit-info'], 'editor'],
    [personalOwner(card, inventory), 'collection'],
  ];
  const owners = new Map<string, Owner>();
  for (const [person, via] of found) {
    const owner = ownerOf(person, via, inventory);
    if (owner !== null && !owners.has(owner.name)) owners.set(owner.name, owner);
  }
  return [...owners.values()];
}

/** A person by their object, id or e-mail address; those whose account was closed are marked. */
function ownerOf(person: MetabaseUser | MetabaseKey, via: Owner['via'], inventory: Inventory): Owner | null {
  if (person === null || person === undefined) return null;
  const stated = typeof person === 'object' && !Array.isArray(person) ? person : null;
  const key = idKey(stated === null ? person : (stated.id ?? stated.email));
  const known = inventory.users.get(key ?? '');
  const name = nameOf(stated) ?? nameOf(known) ?? (key?.includes('@') === true ? titleOf(key) : null);
  if (name === null) return null;
  const isActive = stated?.is_active ?? known?.is_active;
  return isActive === false ? { name, via, inactive: true } : { name, via };
}

function nameOf(user: MetabaseUser | null | undefined): string | null {
  const full = [user?.first_name, user?.last_name].filter(Boolean).join(' ');
  return titleOf(user?.common_name) ?? titleOf(full) ?? titleOf(user?.email);
}

function personalOwner(card: MetabaseCard, inventory: Inventory): MetabaseKey {
  return collectionsOf(card, inventory).find(({ personal_owner_id }) => idKey(personal_owner_id) !== null)?.personal_owner_id;
}

/** The collection of a card and those that hold it, innermost first. */
function collectionsOf({ collection, collection_id }: MetabaseCard, inventory: Inventory): MetabaseCollection[] {
  const chain: MetabaseCollection[] = [];
  let at = inventory.collections.get(idKey(collection_id) ?? idKey(collection?.id) ?? '') ?? collection ?? undefined;
  while (at !== undefined && chain.length < ANCESTORS_MAX && !chain.includes(at)) {
    chain.push(at);
    // The API gives the way from the root: `/1/4/`.
    const above = idKey(at.parent_id) ?? at.location?.split('/').filter(Boolean).at(-1) ?? '';
    at = inventory.collections.get(above);
  }
  return chain;
}

export function lifecycleOf(entry: CardEntry, inventory: Inventory): 'active' | 'draft' | 'archived' {
  if (entry.kind === 'unasked') return 'draft';
  if (entry.card.archived === true) return 'archived';
  return collectionsOf(entry.card, inventory).some(({ archived }) => archived === true) ? 'archived' : 'active';
}

/** A public link. Embedding alone shows nothing to a stranger: each of its pages is signed with the secret of the site. */
export function isShown({ public_uuid }: { public_uuid?: string | null | undefined }): boolean {
  return Boolean(public_uuid);
}

/** The hashes by which Metabase marks the statements of a card; hexadecimal, in lower case. */
export function signaturesOf({ query_hashes, query_hash }: MetabaseCard): string[] {
  const hashes = [query_hash, ...(query_hashes ?? [])].flatMap((hash) => (typeof hash === 'string' && /^[0-9a-f]{8,128}$/i.test(hash) ? hash.toLowerCase() : []));
  return [...new Set(hashes)].toSorted().slice(0, SIGNATURES_MAX);
}
