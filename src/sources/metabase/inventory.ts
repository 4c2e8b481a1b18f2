import { isObject } from '../common/json.js';
import type { z } from 'zod';
import type { ConnectionReference } from '../../model/query.js';
import type { SourceFile } from '../common/source-file.js';
import { pointerStep } from '../common/json-position.js';
import { FieldCatalog, idKey } from './field-catalog.js';
import {
  cardShape,
  collectionShape,
  dashboardShape,
  dashcardShape,
  databaseShape,
  kindOf,
  segmentShape,
  snippetShape,
  userShape,
  type MetabaseCard,
  type MetabaseCollection,
  type MetabaseDashboard,
  type MetabaseSegment,
  type MetabaseSnippet,
  type MetabaseUser,
} from './shapes.js';

/** Wrappers such as `{ data: [...] }` or a dump of several lists are looked into so deep. */
const WRAPPER_DEPTH_MAX = 4;
/** Collections nest in trees. */
const TREE_DEPTH_MAX = 100;

/** A card and where it stands. */
export interface CardEntry {
  card: MetabaseCard;
  file: SourceFile;
  pointer: string;
  /** False where it only stands within a dashboard. */
  standalone: boolean;
  /** Ids of the dashboards that show it. */
  dashboards: Set<string>;
}

/** Everything that a set of files of one Metabase tells, by id. */
export class Inventory {
  readonly cards = new Map<string, CardEntry>();
  readonly dashboards = new Map<string, MetabaseDashboard>();
  readonly databases = new Map<string, ConnectionReference>();
  readonly collections = new Map<string, MetabaseCollection>();
  readonly users = new Map<string, MetabaseUser>();
  readonly snippets = new Map<string, MetabaseSnippet>();
  readonly segments = new Map<string, MetabaseSegment>();
  readonly fields = new FieldCatalog();

  constructor(files: readonly SourceFile[]) {
    for (const file of files) this.#visit(file, file.json, '', 0);
    for (const { card } of this.cards.values()) this.fields.addResultColumns(card.result_metadata ?? [], card.table_id ?? null);
  }

  /** By the id of the card, whatever export it comes from. */
  card(id: string): CardEntry | undefined {
    const named = this.cards.get(id);
    return named ?? [...this.cards.values()].find(({ card }) => card.entity_id === id);
  }

  /** In the order of their ids. */
  entries(): CardEntry[] {
    return [...this.cards.keys()].toSorted(byId).flatMap((id) => this.cards.get(id) ?? []);
  }

  dashboardsOf(entry: CardEntry): { id: string; dashboard: MetabaseDashboard }[] {
    const ids = new Set([...entry.dashboards, ...(this.#shownOn.get(idKey(entry.card.id) ?? '') ?? [])]);
    return [...ids].toSorted(byId).flatMap((id) => {
      const dashboard = this.dashboards.get(id);
      return dashboard === undefined ? [] : [{ id, dashboard }];
    });
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number): void {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        if (isObject(item)) this.#object(file, item, pointer + pointerStep(index), depth + 1);
      }
    } else if (isObject(value)) {
      this.#object(file, value, pointer, depth);
    }
  }

  #object(file: SourceFile, value: Record<string, unknown>, pointer: string, depth: number): void {
    switch (kindOf(value)) {
      case 'card':
        return this.#card(file, value, pointer, null);
      case 'dashboard':
        return this.#dashboard(file, value, pointer);
      case 'database':
        return this.#database(value);
      case 'table':
        return this.fields.addTable(value);
      case 'field':
        return this.fields.addField(value, null);
      case 'snippet':
        return put(this.snippets, snippetShape, value);
      case 'segment':
        return put(this.segments, segmentShape, value);
      case 'user':
        return put(this.users, userShape, value);
      case 'collection':
        return this.#collection(value, 0);
    }
    if (depth >= WRAPPER_DEPTH_MAX) return;
    for (const [name, inner] of Object.entries(value)) this.#visit(file, inner, pointer + pointerStep(name), depth + 1);
  }

  #card(file: SourceFile, value: Record<string, unknown>, pointer: string, dashboard: string | null): void {
    const card = cardShape.parse(value);
    const id = idKey(card.id) ?? card.entity_id ?? `${file.path}#${pointer}`;
    const known = this.cards.get(id);
    const key = known !== undefined && !isSameCard(known.card, card) ? `${id}@${card.entity_id ?? file.path}` : id;
    const entry = this.cards.get(key);
    const standalone = dashboard === null;
    if (entry === undefined) {
      this.cards.set(key, { card, file, pointer, standalone, dashboards: new Set(dashboard === null ? [] : [dashboard]) });
      return;
    }
    if (dashboard !== null) entry.dashboards.add(dashboard);
    if (standalone && !entry.standalone) Object.assign(entry, { card: merge(card, entry.card), file, pointer, standalone });
    else entry.card = merge(entry.card, card);
  }

  #dashboard(file: SourceFile, value: Record<string, unknown>, pointer: string): void {
    const dashboard = dashboardShape.parse(value);
    const id = idKey(dashboard.id) ?? `${file.path}#${pointer}`;
    if (!this.dashboards.has(id)) this.dashboards.set(id, dashboard);
    for (const list of ['dashcards', 'ordered_cards'] as const) {
      for (const [index, item] of (dashboard[list] ?? []).entries()) {
        this.#dashcard(file, item, `${pointer}/${list}/${index}`, id);
      }
    }
  }

  #dashcard(file: SourceFile, value: unknown, pointer: string, dashboard: string): void {
    const dashcard = dashcardShape.safeParse(value);
    if (!dashcard.success) return;
    const { card, card_id, series } = dashcard.data;
    if (card && kindOf(card) === 'card') this.#card(file, card, `${pointer}/card`, dashboard);
    else this.#shown(card_id, dashboard);
    for (const [index, item] of (series ?? []).entries()) {
      if (!isObject(item)) continue;
      if (kindOf(item) === 'card') this.#card(file, item, `${pointer}/series/${index}`, dashboard);
      else this.#shown(dashcardShape.parse(item).card_id ?? cardShape.parse(item).id, dashboard);
    }
  }

  /** Cards that a dashboard only refers to, by the id of the card: the card itself may come later. */
  readonly #shownOn = new Map<string, Set<string>>();

  #shown(card: string | number | null | undefined, dashboard: string): void {
    const id = idKey(card);
    if (id === null) return;
    const dashboards = this.#shownOn.get(id);
    if (dashboards === undefined) this.#shownOn.set(id, new Set([dashboard]));
    else dashboards.add(dashboard);
  }

  #database(value: Record<string, unknown>): void {
    const database = databaseShape.parse(value);
    const id = idKey(database.id) ?? database.name ?? null;
    if (id === null) return;
    const { details } = database;
    const known = this.databases.get(id);
    this.databases.set(id, {
      id,
      name: database.name ?? known?.name ?? null,
      engine: database.engine ?? known?.engine ?? null,
      host: details?.host ?? known?.host ?? null,
      database: details?.dbname ?? details?.db ?? details?.database_file ?? known?.database ?? null,
    });
    for (const table of database.tables ?? []) if (isObject(table)) this.fields.addTable(table);
  }

  #collection(value: Record<string, unknown>, depth: number): void {
    put(this.collections, collectionShape, value);
    if (depth >= TREE_DEPTH_MAX) return;
    const { children } = collectionShape.parse(value);
    for (const child of children ?? []) if (isObject(child)) this.#collection(child, depth + 1);
  }
}

/** Numbers by size, then names. */
function byId(one: string, other: string): number {
  const [left, right] = [one, other].map((id) => (/^\d+$/.test(id) ? Number(id) : Number.POSITIVE_INFINITY));
  if (left !== right) return (left ?? 0) < (right ?? 0) ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}

function put<T extends { id?: string | number | null | undefined }>(
  into: Map<string, T>,
  shape: z.ZodType<T>,
  value: Record<string, unknown>,
): void {
  const item = shape.parse(value);
  const id = idKey(item.id);
  if (id !== null && !into.has(id)) into.set(id, item);
}

/** Two exports in one folder may hold different cards of one id. */
function isSameCard(one: MetabaseCard, other: MetabaseCard): boolean {
  if (one.entity_id && other.entity_id) return one.entity_id === other.entity_id;
  return one.name === other.name || idKey(one.database_id) === idKey(other.database_id);
}

/** What the first knows, with gaps filled from the second. */
function merge(first: MetabaseCard, second: MetabaseCard): MetabaseCard {
  const merged: Record<string, unknown> = { ...second };
  for (const [name, value] of Object.entries(first)) if (value !== null && value !== undefined) merged[name] = value;
  return cardShape.parse(merged);
}
