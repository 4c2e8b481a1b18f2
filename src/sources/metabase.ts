import type { MetricDeclaration } from '../model/metric-declaration.js';
import type { CollectedQuery, Origin, Owner, Problem, QueryRole, SqlKind } from '../model/query.js';
import { fetchApplicationDatabase } from './metabase/application-database.js';
import { CREDENTIALS, fetchAnswers } from './metabase/api.js';
import { CardReader, type CardText } from './metabase/card-reader.js';
import { connectionOf, containerOf, databaseOf, isShown, lifecycleOf, ownersOf, signaturesOf } from './metabase/describe.js';
import type { CardEntry, DefinitionEntry, Place, SnippetEntry } from './metabase/entries.js';
import { idKey } from './metabase/field-catalog.js';
import { Inventory } from './metabase/inventory.js';
import { databaseNames, kindOf, SERIALISED_KEY } from './metabase/kind.js';
import { programText } from './metabase/program.js';
import { cardShape } from './metabase/shapes.js';
import { declarationOf } from './common/declaration.js';
import { instancesOf } from './common/instances.js';
import { locate } from './common/json-position.js';
import { certaintyOf, isObject, parsedJson } from './common/json.js';
import { Origins } from './common/origins.js';
import { descriptionOf, titleOf } from './common/words.js';
import type { ReadContext, Source } from './source.js';

const ID = 'metabase';

/**
 * Metabase v0.41 to v0.57: what its API answers (`GET /api/card`, `/api/card/:id`, `/api/dashboard/:id`, `/api/database`,
 * `/api/database/:id/metadata`, `/api/collection`, `/api/native-query-snippet`, `/api/segment`, `/api/user` …), the YAML of
 * its serialisation in the layout of any release, and its application database.
 */
export const source: Source = {
  id: ID,
  recognises(file) {
    if (file.json !== undefined) return certaintyOf(file.json, certainty);
    return file.text.includes(SERIALISED_KEY) ? certaintyOf(file.yaml, certainty) : 0;
  },
  read(files, context) {
    const known = new Set<string>();
    return instancesOf(files, databaseNames).flatMap(({ name, files: own }) => {
      const queries = new Reading(new Inventory(own), context).queries();
      // Another installation may have a database of the same name.
      for (const query of queries) if (known.has(query.id)) query.id = query.id.replace(`${ID}:`, () => `${ID}:${name ?? ''}/`);
      for (const { id } of queries) known.add(id);
      return queries;
    });
  },
  api: { credentials: CREDENTIALS, fetch: fetchAnswers },
  applicationDatabase: { fetch: fetchApplicationDatabase },
};

function certainty(value: unknown): number {
  const kind = isObject(value) ? kindOf(value) : null;
  if (kind === null) return 0;
  if (isObject(value) && Array.isArray(value[SERIALISED_KEY])) return 0.95;
  if (kind === 'card' || kind === 'dashboard' || kind === 'unasked' || kind === 'action') return 0.95;
  // Other schedulers have jobs of this form too: enough only where the configuration names the tool.
  if (kind === 'transform-job') return 0.4;
  return kind === 'database' || kind === 'table' || kind === 'field' ? 0.8 : 0.6;
}

/** The parts of a query that its text tells. */
type Told = Pick<CollectedQuery, 'raw' | 'reconstructed' | 'variants' | 'problems'>;

class Reading {
  readonly #origins = new Origins();
  readonly #reader: CardReader;

  constructor(
    readonly inventory: Inventory,
    readonly context: ReadContext,
  ) {
    this.#reader = new CardReader(inventory);
  }

  queries(): CollectedQuery[] {
    const { inventory } = this;
    for (const { file, count, of } of inventory.leftOut) {
      const cause = `of the ${of} that were run in 90 days, only the most frequent ones are read`;
      this.context.gap({ subject: file.path, missing: `${count} queries that nobody saved`, cause, remedy: null, severity: 'partial' });
    }
    const cards = inventory.entries().map((entry) => this.#card(entry));
    const definitions = inventory.definitions().map((entry) => this.#definition(entry));
    const unused = inventory.snippetEntries().filter(({ id, snippet }) => !this.#reader.usedSnippets.has(id) && typeof snippet.content === 'string');
    const snippets = unused.map((entry) => this.#snippet(entry));
    const missing = inventory.missingCards().map(([id, place]) => this.#missing(id, place));
    this.#origins.resolve();
    return [...cards, ...definitions, ...snippets, ...missing];
  }

  /** A card of which a dashboard tells no more than its number. */
  #missing(id: string, { dashboard, ...place }: ReturnType<Inventory['missingCards']>[number][1]): CollectedQuery {
    const shown = this.inventory.dashboards.get(dashboard);
    const message = `the card ${id} of this dashboard is not in the export; export its collection too, with an account that sees it`;
    return {
      ...this.#part('card', { id, ...place }, this.context.connection),
      role: 'query',
      sqlKind: 'statement',
      title: null,
      description: null,
      container: { kind: 'dashboard', id: dashboard, title: titleOf(shown?.name) },
      owners: [],
      lifecycle: 'active',
      isPublic: isShown(shown ?? {}),
      raw: '',
      reconstructed: false,
      variants: [],
      problems: [{ code: 'missing-reference', message }],
    };
  }

  #card(entry: CardEntry): CollectedQuery {
    const { inventory } = this;
    const { card, kind, tags, program } = entry;
    const text = program === null ? this.#reader.read(entry) : programText(program, inventory.fields);
    const connection = connectionOf(card, inventory) ?? this.context.connection;
    const dashboards = inventory.dashboardsOf(entry);
    const signatures = signaturesOf(card);
    const ids = dashboards.map(({ id }) => id);
    const role = roleOf(entry);
    const deliveries = kind === 'card' ? inventory.deliveries.ofCard(entry.id, ids) : [];
    const isEmbedded = card.enable_embedding === true || dashboards.some(({ dashboard }) => dashboard.enable_embedding === true);
    const owners = ownersOf(card, inventory);
    return {
      id: `${ID}:${connection?.name ?? connection?.id ?? 'unknown'}:${PARTS[kind]}:${entry.id}`,
      kind: ID,
      role,
      sqlKind: 'statement',
      title: titleOf(card.name),
      description: descriptionOf(card.description),
      container: containerOf(entry, inventory, ids),
      owners,
      connection,
      origin: this.#originOf(entry, text.pointer),
      ...told(text),
      isPublic: isShown(card) || dashboards.some(({ dashboard }) => isShown(dashboard)),
      lifecycle: lifecycleOf(entry, inventory),
      usage:
        typeof card.view_count === 'number' || card.last_used_at
          ? { views: card.view_count ?? null, lastUsedAt: card.last_used_at ?? null }
          : null,
      schedule: kind === 'transform' ? inventory.schedules.ofTags(tags) : inventory.schedules.ofCard(kind === 'card' ? entry.id : null, ids),
      ...(signatures.length === 0 ? {} : { signatures }),
      ...(deliveries.length === 0 ? {} : { deliveries }),
      ...(isEmbedded ? { isEmbedded } : {}),
      ...(role === 'metric' ? { declaration: metricDeclaration(card.name ?? `metric ${entry.id}`, card.description, owners, text) } : {}),
    };
  }

  #definition(entry: DefinitionEntry): CollectedQuery {
    const { definition, kind } = entry;
    const text = this.#reader.readDefinition(entry);
    const database = idKey(definition.definition?.['database']) ?? this.inventory.fields.table(definition.table_id)?.database ?? null;
    const connection = database === null ? this.context.connection : databaseOf(database, this.inventory);
    const owners = ownersOf(cardShape.parse({ creator: definition.creator, creator_id: definition.creator_id }), this.inventory);
    return {
      ...this.#part(kind, entry, connection),
      role: kind === 'segment' ? 'filter' : 'metric',
      sqlKind: 'statement',
      title: titleOf(definition.name),
      description: descriptionOf(definition.description),
      owners,
      lifecycle: definition.archived === true ? 'archived' : 'active',
      ...told(text),
      ...(kind === 'measure' ? { declaration: metricDeclaration(definition.name ?? `measure ${entry.id}`, definition.description, owners, text) } : {}),
    };
  }

  /** A snippet that no question includes: what it would read is told all the same. */
  #snippet(entry: SnippetEntry): CollectedQuery {
    const { snippet } = entry;
    const { sqlKind, ...text } = this.#reader.readSnippet(entry);
    const owner = cardShape.parse({ creator: snippet.creator, creator_id: snippet.creator_id, collection_id: snippet.collection_id });
    return {
      ...this.#part('snippet', entry, this.context.connection),
      role: SNIPPET_ROLES[sqlKind],
      sqlKind,
      title: titleOf(snippet.name),
      description: descriptionOf(snippet.description),
      owners: ownersOf(owner, this.inventory),
      lifecycle: snippet.archived === true ? 'archived' : 'draft',
      origin: this.#origins.add(entry.file, `${entry.pointer}${text.pointer}`),
      ...told(text),
    };
  }

  /** What segments, measures, snippets and missing cards have in common. */
  #part(part: string, { id, file, pointer }: Place & { id: string }, connection: CollectedQuery['connection']) {
    return {
      id: `${ID}:${connection?.name ?? connection?.id ?? 'unknown'}:${part}:${id}`,
      kind: ID,
      container: null,
      connection,
      origin: this.#origins.add(file, pointer),
      isPublic: false,
      usage: null,
      schedule: null,
    };
  }

  /** A card that only has `legacy_query` holds its query as text within the text: the place is that of the inner one. */
  #originOf({ card, file, pointer, queryPointer }: CardEntry, told: string): Origin {
    const inner = told.replace(/^\/dataset_query/, queryPointer);
    if (hasPointer(file.value, pointer + inner)) return this.#origins.add(file, pointer + inner);
    if (!card.legacy_query || !hasPointer(file.value, `${pointer}/legacy_query`)) return this.#origins.add(file, pointer);
    const sql = told.replace('/dataset_query', '');
    const span = hasPointer(parsedJson(card.legacy_query), sql) ? locate(card.legacy_query, [sql]).get(sql) : undefined;
    return this.#origins.add(file, `${pointer}/legacy_query`, span?.isString === true ? span.start + 1 : 0);
  }
}

const PARTS = { card: 'card', action: 'action', transform: 'transform', unasked: 'adhoc' } as const;

const SNIPPET_ROLES: Readonly<Record<SqlKind, QueryRole>> = { statement: 'query', predicate: 'filter', relation: 'relation', expression: 'dimension' };

/** A metric card since v0.50, a metric or measure as an object of its own before and since v0.57. */
function metricDeclaration(name: string, description: string | null | undefined, owners: readonly Owner[], { problems }: CardText): MetricDeclaration {
  return declarationOf({ by: ID, name: name.slice(0, 300), label: null, intent: description, owners, problems });
}

function told({ raw, reconstructed, variants, problems }: CardText): Told {
  const empty: Problem[] = [{ code: 'unreadable', message: 'it holds no text that can be read' }];
  return { raw, reconstructed, variants, problems: variants.length + problems.length > 0 ? problems : empty };
}

/** Others read what a model or a transform gives. */
function roleOf({ card, kind }: CardEntry): QueryRole {
  if (kind === 'transform' || (kind === 'card' && (card.type === 'model' || card.dataset === true))) return 'relation';
  return kind === 'card' && card.type === 'metric' ? 'metric' : 'query';
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
