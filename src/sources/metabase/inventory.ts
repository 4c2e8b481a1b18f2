import { isObject } from '../common/json.js';
import type { z } from 'zod';
import type { ConnectionReference } from '../../model/query.js';
import type { SourceFile } from '../common/source-file.js';
import { pointerStep } from '../common/json-position.js';
import { CardShelf } from './card-shelf.js';
import { Deliveries } from './deliveries.js';
import { DashboardFilters } from './dashboard-filters.js';
import type { CardEntry, DefinitionEntry, SnippetEntry } from './entries.js';
import { FieldCatalog, idKey } from './field-catalog.js';
import { byId } from './ids.js';
import { kindOf, withPortableId } from './kind.js';
import { Schedules, tagKeys } from './schedules.js';
import {
  cardShape,
  collectionShape,
  dashboardShape,
  dashcardShape,
  databaseShape,
  definitionShape,
  snippetShape,
  transformShape,
  userShape,
  type MetabaseCollection,
  type MetabaseDashboard,
  type MetabaseKey,
  type MetabaseUser,
} from './shapes.js';

/** Wrappers such as `{ data: [...] }` or a dump of several lists are looked into so deep. */
const WRAPPER_DEPTH_MAX = 4;
/** Collections nest in trees. */
const TREE_DEPTH_MAX = 100;

/** Everything that a set of files of one Metabase tells, by id. */
export class Inventory {
  readonly dashboards = new Map<string, MetabaseDashboard>();
  readonly databases = new Map<string, ConnectionReference>();
  readonly #databasesByName = new Map<string, ConnectionReference>();
  readonly collections = new Map<string, MetabaseCollection>();
  /** By id and by e-mail address. */
  readonly users = new Map<string, MetabaseUser>();
  readonly documents = new Map<string, string>();
  readonly snippets = new Map<string, SnippetEntry>();
  readonly #snippetsByName = new Map<string, SnippetEntry>();
  readonly segments = new Map<string, DefinitionEntry>();
  readonly measures = new Map<string, DefinitionEntry>();
  readonly schedules = new Schedules();
  readonly deliveries = new Deliveries();
  readonly filters = new DashboardFilters();
  readonly fields = new FieldCatalog();
  /** Queries of the log that its answer leaves out. */
  readonly leftOut: { file: SourceFile; count: number; of: number }[] = [];
  readonly #shelf = new CardShelf();
  readonly #others = new Map<string, CardEntry>();

  constructor(files: readonly SourceFile[]) {
    for (const file of files) this.#visit(file, file.value, '', 0);
    this.fields.arrange();
    for (const { card } of this.#shelf.all()) this.fields.addResultColumns(card.result_metadata ?? [], card.table_id ?? null);
  }

  /** By the id of the card, whatever export it comes from. */
  card(id: string): CardEntry | undefined {
    return this.#shelf.card(id);
  }

  /** Cards in the order of their ids, then what else holds queries. */
  entries(): CardEntry[] {
    return [...this.#shelf.sorted(), ...sortedValues(this.#others)];
  }

  /** Cards that dashboards show and that are not in the export. */
  missingCards(): ReturnType<CardShelf['missing']> {
    return this.#shelf.missing();
  }

  snippetEntries(): SnippetEntry[] {
    return sortedValues(this.snippets);
  }

  definitions(): DefinitionEntry[] {
    return [...sortedValues(this.segments), ...sortedValues(this.measures)];
  }

  snippet(id: string | null, name: string | null): SnippetEntry | undefined {
    return this.snippets.get(id ?? '') ?? this.#snippetsByName.get(name ?? '');
  }

  database(id: string): ConnectionReference | undefined {
    return this.databases.get(id) ?? this.#databasesByName.get(id);
  }

  dashboardsOf(entry: CardEntry): { id: string; dashboard: MetabaseDashboard }[] {
    return this.#shelf.dashboardsOf(entry).flatMap((id) => {
      const dashboard = this.dashboards.get(id);
      return dashboard === undefined || dashboard.archived === true ? [] : [{ id, dashboard }];
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

  #object(file: SourceFile, found: Record<string, unknown>, pointer: string, depth: number): void {
    const kind = kindOf(found);
    const value = kind === null ? found : withPortableId(found, kind);
    switch (kind) {
      case 'card':
        return this.#shelf.add(file, value, pointer, null);
      case 'dashboard':
        return this.#dashboard(file, value, pointer);
      case 'database':
        return this.#database(value);
      case 'table':
        return this.fields.addTable(value);
      case 'field':
        return this.fields.addField(value, null);
      case 'snippet':
        return this.#snippet(file, value, pointer);
      case 'segment':
      case 'measure':
        return this.#definition(kind, file, value, pointer);
      case 'user':
        return this.#user(value);
      case 'collection':
        return this.#collection(value, 0);
      case 'action':
        return this.#action(file, value, pointer);
      case 'transform':
        return this.#transform(file, value, pointer);
      case 'unasked':
        return this.#unasked(file, value, pointer);
      case 'unasked-list':
        this.#unaskedList(file, value, pointer);
        return;
      case 'transform-job':
        return this.schedules.addJob(value);
      case 'pulse':
        this.deliveries.addPulse(value);
        return this.schedules.addPulse(value);
      case 'notification':
        this.deliveries.addNotification(value);
        return this.schedules.addNotification(value);
      case 'document': {
        const { id, name } = cardShape.parse(value);
        const key = idKey(id);
        if (key !== null && name) this.documents.set(key, name);
        return;
      }
      case 'other':
        return;
    }
    if (depth >= WRAPPER_DEPTH_MAX) return;
    for (const [name, inner] of Object.entries(value)) this.#visit(file, inner, pointer + pointerStep(name), depth + 1);
  }

  #dashboard(file: SourceFile, value: Record<string, unknown>, pointer: string): void {
    const dashboard = dashboardShape.parse(value);
    const id = idKey(dashboard.id) ?? `${file.path}#${pointer}`;
    if (!this.dashboards.has(id)) this.dashboards.set(id, dashboard);
    for (const list of ['dashcards', 'ordered_cards'] as const) {
      for (const [index, item] of (dashboard[list] ?? []).entries()) {
        this.#dashcard(file, item, `${pointer}/${list}/${index}`, id, dashboard);
      }
    }
  }

  #dashcard(file: SourceFile, value: unknown, pointer: string, dashboard: string, { archived, parameters }: MetabaseDashboard): void {
    const dashcard = dashcardShape.safeParse(value);
    if (!dashcard.success) return;
    const { card, card_id, series, parameter_mappings } = dashcard.data;
    if (archived !== true) this.filters.add(parameters ?? [], parameter_mappings ?? [], card_id);
    if (card && kindOf(card) === 'card') this.#shelf.add(file, card, `${pointer}/card`, dashboard);
    else if (archived !== true) this.#shelf.shown(card_id, dashboard, { file, pointer });
    for (const [index, item] of (series ?? []).entries()) {
      if (!isObject(item)) continue;
      if (kindOf(item) === 'card') this.#shelf.add(file, item, `${pointer}/series/${index}`, dashboard);
      else if (archived !== true) this.#shelf.shown(dashcardShape.parse(item).card_id ?? cardShape.parse(item).id, dashboard, { file, pointer: `${pointer}/series/${index}` });
    }
  }

  #database(value: Record<string, unknown>): void {
    const database = databaseShape.parse(value);
    const id = idKey(database.id) ?? database.name ?? null;
    if (id === null) return;
    const { details } = database;
    const known = this.databases.get(id);
    const reference: ConnectionReference = {
      id: id === database.name ? null : id,
      name: database.name ?? known?.name ?? null,
      engine: database.engine ?? known?.engine ?? null,
      host: details?.host ?? known?.host ?? null,
      database: nameWithin(details) ?? known?.database ?? null,
    };
    this.databases.set(id, reference);
    if (reference.name !== null) this.#databasesByName.set(reference.name, reference);
    for (const table of database.tables ?? []) if (isObject(table)) this.fields.addTable(table);
  }

  #collection(value: Record<string, unknown>, depth: number): void {
    put(this.collections, collectionShape, value);
    if (depth >= TREE_DEPTH_MAX) return;
    const { children } = collectionShape.parse(value);
    for (const child of children ?? []) if (isObject(child)) this.#collection(child, depth + 1);
  }

  #user(value: Record<string, unknown>): void {
    put(this.users, userShape, value);
    const user = userShape.parse(value);
    if (user.email && !this.users.has(user.email)) this.users.set(user.email, user);
  }

  #snippet(file: SourceFile, value: Record<string, unknown>, pointer: string): void {
    const snippet = snippetShape.parse(value);
    const id = idKey(snippet.id) ?? snippet.name ?? `${file.path}#${pointer}`;
    if (this.snippets.has(id)) return;
    const entry: SnippetEntry = { id, snippet, file, pointer };
    this.snippets.set(id, entry);
    if (snippet.name && !this.#snippetsByName.has(snippet.name)) this.#snippetsByName.set(snippet.name, entry);
  }

  #definition(kind: 'segment' | 'measure', file: SourceFile, value: Record<string, unknown>, pointer: string): void {
    const definition = definitionShape.parse(value);
    const id = idKey(definition.id) ?? `${file.path}#${pointer}`;
    const into = kind === 'segment' ? this.segments : this.measures;
    if (!into.has(id)) into.set(id, { id, kind, definition, file, pointer });
  }

  /** An action of the type `query`; the others (HTTP, row changes that Metabase writes itself) hold no SQL. */
  #action(file: SourceFile, value: Record<string, unknown>, pointer: string): void {
    if (value['type'] !== 'query') return;
    const nested: unknown = value['query'];
    const list: unknown[] = Array.isArray(nested) ? nested : [nested];
    const inner: unknown = isObject(value['dataset_query']) ? undefined : list[0];
    const card = cardShape.parse({ ...value, ...(isObject(inner) ? inner : {}), id: value['id'], type: null });
    const within = isObject(inner) ? `${Array.isArray(nested) ? '/query/0' : '/query'}/dataset_query` : '/dataset_query';
    this.#other({ ...blank(card, file, pointer, 'action'), queryPointer: within });
  }

  #transform(file: SourceFile, value: Record<string, unknown>, pointer: string): void {
    const { source, source_database_id, tags, tag_ids } = transformShape.parse(value);
    const query = isObject(source?.['query']) ? source['query'] : null;
    const database = source_database_id ?? source?.['source-database'];
    const card = cardShape.parse({ ...value, dataset_query: query, database_id: database, type: null });
    const tables: unknown = source?.['source-tables'];
    const program = source?.['type'] === 'python' ? (Array.isArray(tables) ? tables : isObject(tables) ? Object.values(tables) : []) : null;
    const entry = blank(card, file, pointer, 'transform');
    this.#other({ ...entry, queryPointer: '/source/query', tags: [...tagKeys(tags), ...tagKeys(tag_ids)], program });
  }

  /** A query that people ran without saving it, from the log of the application database. */
  #unasked(file: SourceFile, value: Record<string, unknown>, pointer: string): void {
    const card = cardShape.parse(value);
    this.#other({ ...blank(card, file, pointer, 'unasked'), id: card.query_hash ?? pointer });
  }

  #unaskedList(file: SourceFile, { unsaved_total, data }: Record<string, unknown>, pointer: string): void {
    const list = Array.isArray(data) ? data : [];
    const of = Number(unsaved_total);
    if (of > list.length) this.leftOut.push({ file, count: of - list.length, of });
    this.#visit(file, list, `${pointer}/data`, WRAPPER_DEPTH_MAX);
  }

  #other(entry: CardEntry): void {
    const key = `${entry.kind}:${entry.id}`;
    if (!this.#others.has(key)) this.#others.set(key, entry);
  }
}

/** How its own engine calls the database: each has another word for it. */
function nameWithin(details: z.infer<typeof databaseShape>['details']): string | null {
  return details?.dbname ?? details?.db ?? details?.database_file ?? details?.['project-id'] ?? details?.catalog ?? null;
}

function blank(card: CardEntry['card'], file: SourceFile, pointer: string, kind: CardEntry['kind']): CardEntry {
  const id = idKey(card.id) ?? card.entity_id ?? `${file.path}${pointer}`;
  return { kind, id, card, file, pointer, queryPointer: '/dataset_query', standalone: true, dashboards: new Set(), tags: [], program: null };
}

function sortedValues<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map.entries()].toSorted(([one], [other]) => byId(one, other)).map(([, value]) => value);
}

function put<T extends { id?: MetabaseKey }>(into: Map<string, T>, shape: z.ZodType<T>, value: Record<string, unknown>): void {
  const item = shape.parse(value);
  const id = idKey(item.id);
  if (id !== null && !into.has(id)) into.set(id, item);
}
