import type { Problem, ProblemCode, QueryVariant } from '../../model/query.js';
import { neutraliseMetabase } from '../../template/metabase.js';
import { Notes, refuseLength } from '../../template/result.js';
import { idKey } from './field-catalog.js';
import { plainColumn, type CardSql, type ResultColumn } from './field-key.js';
import type { CardEntry, Inventory } from './inventory.js';
import { lowerQuery, lowerStage, type LoweringContext, type Style } from './lower.js';
import { MbqlError, readQuery, type Clause, type Stage } from './mbql.js';
import { tagDefinitions, tagResolver } from './native-tags.js';
import { isObject } from '../common/json.js';
import { fieldShape, type MetabaseCard } from './shapes.js';

/** What a card sends, and where in its file the SQL or the query stands. */
export interface CardText {
  raw: string;
  pointer: string;
  variants: QueryVariant[];
  problems: Problem[];
  reconstructed: boolean;
}

/** Cards that refer to each other further than this are refused. */
const REFERENCE_DEPTH_MAX = 20;

/** A card as it stands within others, with what each of them must report. */
interface RenderedCard {
  sql: CardSql | null;
  problems: Problem[];
  matters: ReadonlySet<keyof Style>;
}

interface Native {
  sql: unknown;
  tags: unknown;
  pointer: string;
}

/** Renders cards, each with the cards that it refers to. */
export class CardReader {
  readonly #rendered = new Map<string, RenderedCard>();
  readonly #open = new Set<string>();

  constructor(readonly inventory: Inventory) {}

  read(entry: CardEntry): CardText {
    const query = datasetQuery(entry.card);
    const empty: CardText = { raw: '', pointer: '/dataset_query', variants: [], problems: [], reconstructed: false };
    if (query === null) return { ...empty, pointer: '', problems: [{ code: 'unreadable', message: 'the card holds no query that can be read' }] };
    const native = nativeOf(query);
    try {
      if (native !== null) return this.#native(entry.card, native);
      const stage = readQuery(query);
      if (stage === null) return { ...empty, problems: [{ code: 'unreadable', message: 'the card holds an empty query' }] };
      return { ...empty, ...this.#questions(stage, isMbql5(query)), reconstructed: true };
    } catch (error) {
      return { ...empty, reconstructed: native === null, problems: [problemOf(error)] };
    }
  }

  #native(card: MetabaseCard, native: Native): CardText {
    const text = { pointer: native.pointer, reconstructed: false };
    if (typeof native.sql !== 'string') {
      const problems: Problem[] = [{ code: 'unsupported', message: 'its native query is not SQL' }];
      return { ...text, raw: '', variants: [], problems };
    }
    if (refuseLength(native.sql) !== null) return { ...text, raw: '', ...neutraliseMetabase(native.sql, () => ({ kind: 'undefined' })) };
    const own = idKey(card.id);
    if (own !== null) this.#open.add(own);
    try {
      return { ...text, raw: native.sql, ...this.#neutralise(native.sql, native.tags) };
    } finally {
      if (own !== null) this.#open.delete(own);
    }
  }

  #neutralise(sql: string, tags: unknown) {
    const references = new Notes();
    const style: Style = { weekStart: 'sunday', joins: 'tables' };
    const cardSql = (id: string): string | null => this.#card(id, style, (code, message) => references.problem(code, message))?.sql ?? null;
    const { variants, problems } = neutraliseMetabase(sql, tagResolver(tagDefinitions(tags), this.inventory, cardSql));
    return { variants, problems: [...references.problems, ...problems] };
  }

  /** The question in the style of the release that wrote it, then in the others where that makes a difference. */
  #questions(stage: Stage, recent: boolean): { variants: QueryVariant[]; problems: Problem[] } {
    const usual: Style = { weekStart: 'sunday', joins: recent ? 'sub-selects' : 'tables' };
    const first = this.#question(stage, usual);
    const variants = [variant('default', first)];
    const others: [string, Style][] = [];
    if (first.matters.has('joins')) {
      const joins = recent ? 'tables' : 'sub-selects';
      others.push([joins === 'tables' ? 'joined tables' : 'joined sub-selects', { ...usual, joins }]);
    }
    if (first.matters.has('weekStart')) others.push(['weeks from Monday', { ...usual, weekStart: 'monday' }]);
    for (const [label, style] of others) {
      const other = this.#question(stage, style);
      if (variants.every(({ sql }) => sql !== other.sql)) variants.push(variant(label, other));
    }
    return { variants, problems: first.notes.problems };
  }

  #question(stage: Stage, style: Style) {
    const notes = new Notes();
    const matters = new Set<keyof Style>();
    notes.assume("the SQL is rebuilt from Metabase's query language; Metabase's own text may differ");
    const context = this.#context(style, matters, (code, message) => notes.problem(code, message), (text) => notes.assume(text));
    const { sql } = lowerQuery(stage, context);
    const refused = refuseLength(sql);
    if (refused !== null) throw new MbqlError(refused.problems[0]?.message ?? 'its SQL is too long');
    return { sql, notes, matters };
  }

  #context(
    style: Style,
    matters: Set<keyof Style>,
    problem: (code: ProblemCode, message: string) => void,
    assume: (assumption: string) => void,
  ): LoweringContext {
    return {
      style,
      fields: this.inventory.fields,
      problem,
      assume,
      styleMatters: (part) => matters.add(part),
      card: (id) => this.#card(String(id), style, problem, matters),
      metric: (id) => this.#metric(String(id)),
      segment: (id) => this.#segment(String(id)),
    };
  }

  /** A card's SQL within another one; null with a problem where there is none. */
  #card(
    id: string,
    style: Style,
    problem: (code: ProblemCode, message: string) => void,
    matters: Set<keyof Style> = new Set(),
  ): CardSql | null {
    const entry = this.inventory.card(id);
    if (entry === undefined) {
      problem('missing-reference', `card ${id} is not in the export; the relations it reads are unknown`);
      return null;
    }
    if (this.#open.has(id) || this.#open.size > REFERENCE_DEPTH_MAX) {
      problem('unsupported', `card ${id} refers to itself, or through more than ${REFERENCE_DEPTH_MAX} cards`);
      return null;
    }
    const key = `${style.weekStart} ${style.joins} ${id}`;
    const rendered = this.#rendered.get(key) ?? this.#render(id, entry, style);
    this.#rendered.set(key, rendered);
    for (const one of rendered.problems) problem(one.code, one.message);
    for (const part of rendered.matters) matters.add(part);
    return rendered.sql;
  }

  #render(id: string, entry: CardEntry, style: Style): RenderedCard {
    const notes = new Notes();
    const matters = new Set<keyof Style>();
    this.#open.add(id);
    try {
      const sql = this.#cardSql(entry, style, (code, message) => notes.problem(code, message), matters);
      return { sql, problems: notes.problems, matters };
    } catch (error) {
      notes.problem('missing-reference', `card ${id}, which it reads, cannot be read: ${problemOf(error).message}`);
      return { sql: null, problems: notes.problems, matters };
    } finally {
      this.#open.delete(id);
    }
  }

  #cardSql(
    { card }: CardEntry,
    style: Style,
    problem: (code: ProblemCode, message: string) => void,
    matters: Set<keyof Style>,
  ): CardSql {
    const query = datasetQuery(card);
    if (query === null) throw new MbqlError('it holds no query');
    const native = nativeOf(query);
    if (native === null) {
      const stage = readQuery(query);
      if (stage === null) throw new MbqlError('its query is empty');
      const lowered = lowerStage(stage, this.#context(style, matters, problem, () => undefined));
      if (refuseLength(lowered.sql) !== null) throw new MbqlError('its SQL is too long');
      return lowered;
    }
    if (typeof native.sql !== 'string') throw new MbqlError('its native query is not SQL');
    const { variants, problems } = this.#neutralise(native.sql, native.tags);
    for (const one of problems) problem(one.code, one.message);
    const [first] = variants;
    if (first === undefined) throw new MbqlError('its SQL cannot be rendered');
    return { sql: first.sql, columns: resultColumns(card) };
  }

  #metric(id: string): Stage | null {
    const entry = this.inventory.card(id);
    const query = entry === undefined ? null : datasetQuery(entry.card);
    if (query !== null) return readQuery(query);
    const segment = this.inventory.segments.get(id);
    return segment?.definition ? readQuery({ query: segment.definition }) : null;
  }

  #segment(id: string): Clause[] | null {
    const definition = this.inventory.segments.get(id)?.definition;
    if (!definition) return null;
    return readQuery(definition['stages'] === undefined ? { query: definition } : definition)?.filters ?? null;
  }
}

function variant(label: string, { sql, notes }: { sql: string; notes: Notes }): QueryVariant {
  return { label, sql, map: [{ out: 0, src: 0, length: sql.length, srcEnd: 0, copy: false }], assumptions: notes.assumptions };
}

/** The query of a card, in newer releases also kept as text in the old language. */
function datasetQuery(card: MetabaseCard): Record<string, unknown> | null {
  if (card.dataset_query && Object.keys(card.dataset_query).length > 0) return card.dataset_query;
  if (!card.legacy_query) return null;
  try {
    const query: unknown = JSON.parse(card.legacy_query);
    return isObject(query) ? query : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isMbql5(query: Record<string, unknown>): boolean {
  return Array.isArray(query['stages']);
}

function nativeOf(query: Record<string, unknown>): Native | null {
  const native = query['native'];
  if (isObject(native)) return { sql: native['query'], tags: native['template-tags'], pointer: '/dataset_query/native/query' };
  const stages: unknown = query['stages'];
  const only: unknown = Array.isArray(stages) && stages.length === 1 ? stages[0] : undefined;
  if (!isObject(only) || only['native'] === undefined) return null;
  return { sql: only['native'], tags: only['template-tags'], pointer: '/dataset_query/stages/0/native' };
}

function resultColumns(card: MetabaseCard): ResultColumn[] | null {
  const columns = (card.result_metadata ?? []).filter(isObject).flatMap((column) => {
    const { name, id, base_type } = fieldShape.parse(column);
    return name ? [{ ...plainColumn(name), fieldId: idKey(id), baseType: base_type ?? null }] : [];
  });
  return columns.length > 0 ? columns : null;
}

/** What a person gets to read of an error. A defect of ours costs this card only, and says so. */
function problemOf(error: unknown): Problem {
  if (error instanceof MbqlError) return { code: 'unreadable', message: `its query cannot be read: ${error.message}` };
  if (error instanceof RangeError) return { code: 'unsupported', message: 'its query nests deeper than can be followed' };
  return { code: 'unreadable', message: `tidemark failed to read it: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown error'}` };
}
