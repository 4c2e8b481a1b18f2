import type { Problem, ProblemCode, QueryVariant, SqlKind } from '../../model/query.js';
import { neutraliseMetabase, type TagResolver } from '../../template/metabase.js';
import { VARIANTS_MAX } from '../../template/limits.js';
import { Notes, refuseLength } from '../../template/result.js';
import { datasetQuery, definitionStage, isMbql5, isSql, nativeOf, problemOf, resultColumns, type Native } from './card-query.js';
import { idKey } from './field-catalog.js';
import type { CardSql } from './field-key.js';
import type { CardEntry, DefinitionEntry, SnippetEntry } from './entries.js';
import { fragmentKind, readFragment } from './fragment.js';
import type { Inventory } from './inventory.js';
import { lowerQuery, lowerStage, type LoweringContext, type Style } from './lower.js';
import { MbqlError, readQuery, type Clause, type Stage } from './mbql.js';
import { tagDefinitions, tagResolver, withDefaults } from './native-tags.js';
import type { TemplateTag } from './shapes.js';

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

/** Metrics, measures and segments that one question may expand, each within others counted. */
const EXPANSIONS_MAX = 1_000;

/** A card as it stands within others, with what each of them must report. */
interface RenderedCard {
  sql: CardSql | null;
  problems: Problem[];
  matters: ReadonlySet<keyof Style>;
}

/** Renders cards, each with the cards that it refers to. */
export class CardReader {
  readonly #rendered = new Map<string, RenderedCard>();
  readonly #open = new Set<string>();
  readonly #openDefinitions = new Set<string>();
  /** The snippets that what was read so far includes. */
  readonly usedSnippets = new Set<string>();

  constructor(readonly inventory: Inventory) {}

  read(entry: CardEntry): CardText {
    const own = entry.kind === 'card' ? entry.id : null;
    if (own !== null) this.#open.add(own);
    try {
      return this.#read(entry);
    } finally {
      if (own !== null) this.#open.delete(own);
    }
  }

  #read(entry: CardEntry): CardText {
    const query = datasetQuery(entry.card);
    const empty: CardText = { raw: '', pointer: '/dataset_query', variants: [], problems: [], reconstructed: false };
    if (query === null) return { ...empty, pointer: '', problems: [{ code: 'unreadable', message: `the ${entry.kind === 'unasked' ? 'question' : entry.kind} holds no query that can be read` }] };
    const native = nativeOf(query);
    try {
      if (native !== null) return this.#native(native, this.inventory.filters.tagDefaults(entry.kind === 'card' ? entry.id : ''));
      const stage = readQuery(query);
      if (stage === null) return { ...empty, problems: [{ code: 'unreadable', message: 'the card holds an empty query' }] };
      return { ...empty, ...this.#filtered(entry, stage, isMbql5(query)), reconstructed: true };
    } catch (error) {
      return { ...empty, reconstructed: native === null, problems: [problemOf(error)] };
    }
  }

  /** A question by itself, then as the filters of its dashboards change it: all of them, and each. */
  #filtered({ kind, id }: CardEntry, stage: Stage, recent: boolean): { variants: QueryVariant[]; problems: Problem[] } {
    const asked = this.#questions((context) => lowerQuery(stage, context), recent);
    const filters = kind === 'card' ? this.inventory.filters.of(id) : [];
    if (filters.length === 0) return asked;
    const [first, ...styles] = asked.variants;
    const variants = first === undefined ? [] : [first];
    const choices = [{ label: 'maximal', chosen: filters }, ...(filters.length > 1 ? filters.map((filter) => ({ label: `with ${filter.name}`, chosen: [filter] })) : [])];
    for (const { label, chosen } of choices) {
      if (variants.length + styles.length >= VARIANTS_MAX) break;
      const whole: Stage = { ...stage, filters: [...stage.filters, ...chosen.map(({ clause }) => clause)] };
      const [filtered] = this.#questions((context) => lowerQuery(whole, context), recent).variants;
      if (filtered !== undefined && variants.every(({ sql }) => sql !== filtered.sql)) variants.push({ ...filtered, label });
    }
    return { variants: [...variants, ...styles], problems: asked.problems };
  }

  /** A segment as `SELECT 1 … WHERE`, a measure as the aggregation over its table. */
  readDefinition({ kind, definition }: DefinitionEntry): CardText {
    const empty: CardText = { raw: '', pointer: '', variants: [], problems: [], reconstructed: true };
    try {
      const stage = definitionStage(definition);
      if (stage === null) return { ...empty, problems: [{ code: 'unreadable', message: `the ${kind} holds no definition that can be read` }] };
      const one: Clause = { operator: 'value', options: {}, arguments: [1] };
      const asked: Stage = kind === 'segment' ? { ...stage, aggregations: [], breakouts: [], order: [], fields: [one] } : stage;
      return { ...empty, ...this.#questions((context) => lowerStage(asked, context), definition.definition?.['stages'] !== undefined) };
    } catch (error) {
      return { ...empty, problems: [problemOf(error)] };
    }
  }

  /** A snippet by itself, framed so that a parser reads it. */
  readSnippet({ id, snippet }: SnippetEntry): CardText & { sqlKind: SqlKind } {
    const raw = snippet.content ?? '';
    const sqlKind = fragmentKind(raw);
    const text = { raw: '', pointer: '/content', variants: [], reconstructed: false, sqlKind };
    const refused = refuseLength(raw);
    if (refused !== null) return { ...text, problems: refused.problems };
    const references = new Notes();
    const used = new Set(this.usedSnippets);
    const { variants, problems } = readFragment(raw, sqlKind, this.#resolver(new Map(), references));
    // What only an unused snippet includes is unused itself.
    this.usedSnippets.clear();
    for (const one of used) this.usedSnippets.add(one);
    if (variants.length === 0 && problems.length === 0) return { ...text, problems: [{ code: 'unreadable', message: `snippet ${id} is empty` }] };
    return { ...text, raw, variants, problems: [...references.problems, ...problems] };
  }

  #native(native: Native, defaults: ReadonlyMap<string, unknown>): CardText {
    const text = { pointer: native.pointer, reconstructed: false };
    if (!isSql(native.sql)) {
      const raw = typeof native.sql === 'string' && refuseLength(native.sql) === null ? native.sql : '';
      return { ...text, raw, variants: [], problems: [{ code: 'unsupported', message: 'its native query is not SQL' }] };
    }
    if (refuseLength(native.sql) !== null) return { ...text, raw: '', ...neutraliseMetabase(native.sql, () => ({ kind: 'undefined' })) };
    return { ...text, raw: native.sql, ...this.#neutralise(native.sql, withDefaults(tagDefinitions(native.tags), defaults)) };
  }

  #neutralise(sql: string, tags: Map<string, TemplateTag>) {
    const references = new Notes();
    const { variants, problems } = neutraliseMetabase(sql, this.#resolver(tags, references));
    const readable = variants.filter((one) => one.sql.trim() !== '');
    const all = [...references.problems, ...problems];
    if (readable.length === 0 && all.length === 0) all.push({ code: 'unreadable', message: 'the SQL text is empty' });
    return { variants: readable, problems: all };
  }

  #resolver(tags: Map<string, TemplateTag>, references: Notes): TagResolver {
    const style: Style = { weekStart: 'sunday', joins: 'tables' };
    const cardSql = (id: string): string | null => this.#card(id, style, (code, message) => references.problem(code, message))?.sql ?? null;
    return tagResolver(tags, this.inventory, cardSql, this.usedSnippets);
  }

  /** The question in the style of the release that wrote it, then in the others where that makes a difference. */
  #questions(lower: (context: LoweringContext) => CardSql, recent: boolean): { variants: QueryVariant[]; problems: Problem[] } {
    const usual: Style = { weekStart: 'sunday', joins: recent ? 'sub-selects' : 'tables' };
    const first = this.#question(lower, usual);
    const variants = [variant('default', first)];
    const others: [string, Style][] = [];
    if (first.matters.has('joins')) {
      const joins = recent ? 'tables' : 'sub-selects';
      others.push([joins === 'tables' ? 'joined tables' : 'joined sub-selects', { ...usual, joins }]);
    }
    if (first.matters.has('weekStart')) others.push(['weeks from Monday', { ...usual, weekStart: 'monday' }]);
    for (const [label, style] of others) {
      const other = this.#question(lower, style);
      if (variants.every(({ sql }) => sql !== other.sql)) variants.push(variant(label, other));
    }
    return { variants, problems: first.notes.problems };
  }

  #question(lower: (context: LoweringContext) => CardSql, style: Style) {
    const notes = new Notes();
    const matters = new Set<keyof Style>();
    notes.assume("the SQL is rebuilt from Metabase's query language; Metabase's own text may differ");
    const context = this.#context(style, matters, (code, message) => notes.problem(code, message), (text) => notes.assume(text));
    const { sql } = lower(context);
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
    const expansions = { left: EXPANSIONS_MAX };
    return {
      style,
      fields: this.inventory.fields,
      problem,
      assume,
      styleMatters: (part) => matters.add(part),
      card: (id) => this.#card(idKey(id) ?? '', style, problem, matters),
      metric: (id, kind) => this.#metric(idKey(id) ?? '', kind),
      isMetric: (id) => this.inventory.card(idKey(id) ?? '')?.card.type === 'metric',
      segment: (id) => this.#segment(idKey(id) ?? ''),
      expanding: (key, expand) => this.#expanding(key, expansions, expand),
      native: (sql, tags) => {
        const { variants, problems } = this.#neutralise(sql, tagDefinitions(tags));
        for (const one of problems) problem(one.code, one.message);
        return variants[0]?.sql ?? 'SELECT NULL';
      },
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
    if (this.#open.has(entry.id)) {
      problem('cyclic-reference', `card ${id} refers to itself`);
      return null;
    }
    if (this.#open.size > REFERENCE_DEPTH_MAX) {
      problem('unsupported', `card ${id} is reached through more than ${REFERENCE_DEPTH_MAX} cards`);
      return null;
    }
    const key = `${style.weekStart} ${style.joins} ${entry.id}`;
    const rendered = this.#rendered.get(key) ?? this.#render(id, entry, style);
    this.#rendered.set(key, rendered);
    for (const one of rendered.problems) problem(one.code, one.message);
    for (const part of rendered.matters) matters.add(part);
    return rendered.sql;
  }

  #render(id: string, entry: CardEntry, style: Style): RenderedCard {
    const notes = new Notes();
    const matters = new Set<keyof Style>();
    this.#open.add(entry.id);
    try {
      const sql = this.#cardSql(entry, style, (code, message) => notes.problem(code, message), matters);
      return { sql, problems: notes.problems, matters };
    } catch (error) {
      notes.problem('missing-reference', `card ${id}, which it reads, cannot be read: ${problemOf(error).message}`);
      return { sql: null, problems: notes.problems, matters };
    } finally {
      this.#open.delete(entry.id);
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
    if (!isSql(native.sql)) throw new MbqlError('its native query is not SQL');
    const { variants, problems } = this.#neutralise(native.sql, tagDefinitions(native.tags));
    for (const one of problems) problem(one.code, one.message);
    const [first] = variants;
    if (first === undefined) throw new MbqlError('its SQL cannot be rendered');
    return { sql: first.sql, columns: resultColumns(card) };
  }

  /** A metric is a card since v0.50; before, and as a measure again since v0.57, an object of its own. */
  #metric(id: string, kind: string): Stage | null {
    const entry = kind === 'measure' ? undefined : this.inventory.card(id);
    const query = entry === undefined ? null : datasetQuery(entry.card);
    if (query !== null) return readQuery(query);
    const measure = this.inventory.measures.get(id);
    return measure === undefined ? null : definitionStage(measure.definition);
  }

  #segment(id: string): Clause[] | null {
    const segment = this.inventory.segments.get(id);
    return segment === undefined ? null : (definitionStage(segment.definition)?.filters ?? null);
  }

  /** Keeps a definition from being expanded within itself, and definitions that use each other from growing without end. */
  #expanding<T>(key: string, expansions: { left: number }, expand: () => T): T | null {
    if (this.#openDefinitions.has(key)) return null;
    if (--expansions.left < 0) throw new MbqlError(`it uses metrics and segments more than ${EXPANSIONS_MAX} times`);
    this.#openDefinitions.add(key);
    try {
      return expand();
    } finally {
      this.#openDefinitions.delete(key);
    }
  }
}

function variant(label: string, { sql, notes }: { sql: string; notes: Notes }): QueryVariant {
  return { label, sql, map: [{ out: 0, src: 0, length: sql.length, srcEnd: 0, copy: false }], assumptions: notes.assumptions };
}
