import type { SourceFile } from '../common/source-file.js';
import type { CardEntry, Place } from './entries.js';
import { idKey } from './field-catalog.js';
import { byId } from './ids.js';
import { cardShape, type MetabaseCard, type MetabaseKey } from './shapes.js';

/** The cards of an export, each once, however many files and dashboards hold it. */
export class CardShelf {
  readonly #cards = new Map<string, CardEntry>();
  readonly #byEntityId = new Map<string, CardEntry>();
  /** Cards that a dashboard only refers to, by the id of the card: the card itself may come later. */
  readonly #shownOn = new Map<string, Set<string>>();
  /** Where a dashboard first refers to a card. */
  readonly #references = new Map<string, Place & { dashboard: string }>();

  all(): Iterable<CardEntry> {
    return this.#cards.values();
  }

  /** In the order of their ids. */
  sorted(): CardEntry[] {
    return [...this.#cards.entries()].toSorted(([one], [other]) => byId(one, other)).map(([, entry]) => entry);
  }

  card(id: string): CardEntry | undefined {
    return this.#cards.get(id) ?? this.#byEntityId.get(id);
  }

  /** `dashboard` is the one that holds the card; null where it stands by itself. */
  add(file: SourceFile, value: Record<string, unknown>, pointer: string, dashboard: string | null): void {
    const card = cardShape.parse(value);
    const id = idKey(card.id) ?? card.entity_id ?? `${file.path}#${pointer}`;
    const known = this.#cards.get(id);
    const key = known !== undefined && !isSameCard(known.card, card) ? `${id}@${card.entity_id ?? file.path}` : id;
    const entry = this.#cards.get(key);
    const standalone = dashboard === null;
    if (entry === undefined) {
      const own = idKey(card.id) ?? card.entity_id ?? `${file.path}${pointer}`;
      const dashboards = new Set(dashboard === null ? [] : [dashboard]);
      const added: CardEntry = { kind: 'card', id: own, card, file, pointer, queryPointer: '/dataset_query', standalone, dashboards, tags: [], program: null };
      this.#cards.set(key, added);
      if (card.entity_id && !this.#byEntityId.has(card.entity_id)) this.#byEntityId.set(card.entity_id, added);
      return;
    }
    if (dashboard !== null) entry.dashboards.add(dashboard);
    if (standalone && !entry.standalone) Object.assign(entry, { card: merge(card, entry.card), file, pointer, standalone });
    else entry.card = merge(entry.card, card);
  }

  shown(card: MetabaseKey, dashboard: string, place: Place): void {
    const id = idKey(card);
    if (id === null) return;
    if (!this.#references.has(id)) this.#references.set(id, { ...place, dashboard });
    const dashboards = this.#shownOn.get(id);
    if (dashboards === undefined) this.#shownOn.set(id, new Set([dashboard]));
    else dashboards.add(dashboard);
  }

  /** Cards that a dashboard shows and that stand nowhere, by their ids. */
  missing(): [id: string, reference: Place & { dashboard: string }][] {
    return [...this.#references].filter(([id]) => this.card(id) === undefined).toSorted(([one], [other]) => byId(one, other));
  }

  /** Ids of the dashboards that show the card. */
  dashboardsOf({ card, dashboards }: CardEntry): string[] {
    const home = idKey(card.dashboard_id);
    const ids = new Set([...dashboards, ...(this.#shownOn.get(idKey(card.id) ?? '') ?? []), ...(home === null ? [] : [home])]);
    return [...ids].toSorted(byId);
  }
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
