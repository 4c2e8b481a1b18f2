import type { QueryVariant } from '../model/query.js';
import { regions } from '../sql/lexer.js';
import { fieldFilterPredicate } from './metabase-field-filter.js';
import { parseMetabase, type OptionalNode, type TagNode, type TemplateNode } from './metabase-parse.js';
import { NESTING_MAX, TEXT_LENGTH_MAX, VARIANTS_MAX } from './limits.js';
import { combinations } from './metabase-combinations.js';
import { placeholder, quote, SAMPLE_DATE, type ValueType } from './placeholder.js';
import { mergeProblems, Notes, refuseLength, type Neutralised } from './result.js';
import { Rewriter } from './rewrite.js';
import { codeView, slotOf, type CodeView, type Slot } from './slot.js';

/** What a template tag stands for, resolved against the export. `defaults` are the stored values, as text. */
export type MetabaseTag =
  | { kind: 'value'; type: ValueType; defaults: readonly string[] }
  | { kind: 'field-filter'; column: string | null; type: ValueType; widget: string; defaults: readonly string[] }
  | { kind: 'temporal-unit'; sql: string | null; defaults: readonly string[] }
  | { kind: 'card'; id: string; sql: string | null; /** Why there is none was said already. */ isExplained?: boolean }
  | { kind: 'snippet'; content: string | null }
  | { kind: 'table'; relation: string | null }
  | { kind: 'undefined' };

export type TagResolver = (name: string) => MetabaseTag;

/** Of texts that are longer with everything in them, only the default and the maximal one are rendered. Characters. */
const COMBINED_LENGTH_MAX = 50_000;

/** Where a stored value is a literal of its own. */
const STORED_VALUE_SLOTS = new Set<Slot>(['value', 'list', 'in-list', 'count', 'typed-literal']);

/**
 * The texts that a native Metabase question sends: `default` with stored values, where optional clauses without a value
 * fall away, `maximal` with every parameter set, then those with some of them set, since each person sets what they like:
 * single ones first, at most eight texts together. A field filter becomes a predicate on its column, a card its SQL in
 * parentheses. Grammar and meaning: Metabase's `driver/common/parameters/parse.clj` and
 * `driver/sql/parameters/substitution.clj` (v0.57).
 */
export function neutraliseMetabase(text: string, resolve: TagResolver): Neutralised {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const free = new Set<string>();
  const rendered = (isSet: (name: string) => boolean): ReturnType<typeof render> =>
    render(text, { resolve, isSet, free, open: [], notes: new Notes(), budget: new Budget() }, 0);
  const untouched = rendered(() => false);
  const maximal = rendered(() => true);
  const variants = [variantOf('default', untouched)];
  if (maximal.sql !== untouched.sql) variants.push(variantOf('maximal', maximal));
  for (const names of Math.max(text.length, maximal.sql.length) <= COMBINED_LENGTH_MAX ? combinations([...free]) : []) {
    if (variants.length >= VARIANTS_MAX) break;
    const some = rendered((name) => names.has(name));
    if (variants.every(({ sql }) => sql !== some.sql)) variants.push(variantOf(`with ${[...names].map(shortName).join(' and ')}`, some));
  }
  return { variants, problems: mergeProblems([untouched.notes.problems, maximal.notes.problems]) };
}

function variantOf(label: string, { sql, map, notes }: ReturnType<typeof render>): QueryVariant {
  return { label, sql, map, assumptions: notes.assumptions };
}

/** Names come from outside and have no bound of their own. */
function shortName(name: string): string {
  return name.length <= 40 ? name : `${name.slice(0, 39)}…`;
}

/** How much text the included cards and snippets of one rendering may add: two that include each other twice grow without end. */
class Budget {
  #left = TEXT_LENGTH_MAX;

  take(text: string): boolean {
    this.#left -= Math.max(text.length, 64);
    return this.#left >= 0;
  }
}

interface Rendering {
  resolve: TagResolver;
  /** Whether somebody gave a value to a parameter that has none stored. */
  isSet: (name: string) => boolean;
  /** Collects the parameters on whose being set the text depends. */
  free: Set<string>;
  /** The snippets that are being written, outermost first. */
  open: string[];
  notes: Notes;
  budget: Budget;
}

function render(text: string, rendering: Rendering, depth: number) {
  const template = parseMetabase(text, rendering.notes);
  const rewriter = new Rewriter(text);
  const view = codeView(template.blanked, regions(template.blanked));
  new Renderer(rewriter, view, rendering, depth).nodes(template.nodes);
  return { ...rewriter.finish(), notes: rendering.notes };
}

class Renderer {
  readonly resolve: TagResolver;
  readonly notes: Notes;

  constructor(
    readonly rewriter: Rewriter,
    readonly view: CodeView,
    readonly rendering: Rendering,
    readonly depth: number,
  ) {
    this.resolve = rendering.resolve;
    this.notes = rendering.notes;
  }

  nodes(nodes: readonly TemplateNode[]): void {
    for (const node of nodes) {
      if (node.kind === 'text') this.rewriter.copy(node.start, node.end);
      else if (node.kind === 'tag') this.#tag(node);
      else this.#optional(node);
    }
  }

  #optional(node: OptionalNode): void {
    const lacking = node.children.filter((child) => child.kind === 'tag' && !this.#hasValue(child));
    if (lacking.length > 0) {
      this.notes.assume('optional clauses without a stored value are left out');
      return;
    }
    // Two blanks for two brackets keep every offset within the clause.
    this.rewriter.generate('  ', node.start, node.start + 2);
    this.nodes(node.children);
    this.rewriter.generate('  ', node.end - 2, node.end);
  }

  #hasValue({ name }: TagNode): boolean {
    const tag = this.resolve(name);
    return ('defaults' in tag ? tag.defaults.length > 0 : tag.kind !== 'undefined') || this.#isSet(name);
  }

  #isSet(name: string): boolean {
    this.rendering.free.add(name);
    return this.rendering.isSet(name);
  }

  #tag(node: TagNode): void {
    const slot = slotOf(this.view, node.start, node.end);
    const text = this.#substitute(node.name, this.resolve(node.name), slot);
    if (text === null) this.rewriter.copy(node.start, node.end);
    else this.rewriter.generate(text, node.start, node.end);
  }

  #substitute(name: string, tag: MetabaseTag, slot: Slot): string | null {
    switch (tag.kind) {
      case 'value':
        return this.#value(name, tag, slot);
      case 'field-filter':
        return this.#fieldFilter(name, tag);
      case 'temporal-unit':
        if (tag.sql !== null) return tag.sql;
        this.notes.problem('missing-reference', `the field behind the time unit {{${name}}} is not in the export; add the metadata of its database`);
        return placeholder('name', name, 'unknown', 'NULL');
      case 'card':
        if (tag.sql !== null) return this.#fits(name, tag.sql) ? nestable(tag.sql) : '(SELECT NULL)';
        if (tag.isExplained !== true) this.notes.problem('missing-reference', `card ${tag.id} could not be put in for {{${name}}}`);
        return `metabase_card_${tag.id.replace(/\W+/g, '_')}`;
      case 'snippet':
        return this.#snippet(name, tag.content, slot);
      case 'table':
        if (tag.relation !== null) return tag.relation;
        this.notes.problem('dynamic-relation', `the table of {{${name}}} is not in the export`);
        return placeholder('relation', name, 'unknown', 'NULL');
      case 'undefined':
        this.notes.assume(`{{${name}}} has no definition and was read as text`);
        if (slot === 'relation') this.notes.problem('dynamic-relation', `{{${name}}} stands where a relation is named`);
        return placeholder(slot, name, 'text', "'x'");
    }
  }

  #value(name: string, tag: Extract<MetabaseTag, { kind: 'value' }>, place: Slot): string | null {
    // Metabase inserts a value even where only a name would make sense.
    const slot = place === 'group-key' ? 'value' : place;
    if (slot === 'relation' || slot === 'name') {
      this.notes.problem('dynamic-relation', `{{${name}}} stands where a name is expected, which Metabase does not insert`);
    }
    const stored = tag.defaults.map((value) => storedLiteral(value, tag.type)).join(', ');
    if (stored !== '' && STORED_VALUE_SLOTS.has(slot)) {
      this.notes.assume(`{{${name}}} has its stored default`);
      return slot === 'list' ? `(${stored})` : stored;
    }
    const text = placeholder(slot, name, tag.type, "'x'");
    if (text !== null) this.notes.assume(`{{${name}}} is ${text}`);
    return text;
  }

  #fieldFilter(name: string, tag: Extract<MetabaseTag, { kind: 'field-filter' }>): string {
    if (tag.defaults.length === 0 && !this.#isSet(name)) {
      this.notes.assume(`the field filter {{${name}}} is empty`);
      return '1 = 1';
    }
    if (tag.column === null) {
      this.notes.problem('missing-reference', `the field that the filter {{${name}}} is mapped to is not in the export; add the metadata of its database`);
      return '1 = 1';
    }
    this.notes.assume(`the field filter {{${name}}} is set`);
    return fieldFilterPredicate(tag.column, tag.type, tag.widget, tag.defaults);
  }

  #snippet(name: string, content: string | null, slot: Slot): string | null {
    if (content === null) {
      this.notes.problem('missing-reference', `the snippet of {{${name}}} is not in the export`);
      return placeholder(slot, name, 'unknown', 'NULL');
    }
    if (this.rendering.open.includes(name)) {
      this.notes.problem('cyclic-reference', `the snippet of {{${name}}} includes itself`);
      return 'NULL';
    }
    if (this.depth >= NESTING_MAX) {
      this.notes.problem('unsupported', `{{${name}}} nests deeper than ${NESTING_MAX} snippets`);
      return 'NULL';
    }
    if (!this.#fits(name, content)) return 'NULL';
    this.rendering.open.push(name);
    const { sql } = render(content, this.rendering, this.depth + 1);
    this.rendering.open.pop();
    return sql;
  }

  #fits(name: string, text: string): boolean {
    if (this.rendering.budget.take(text)) return true;
    this.notes.problem('too-large', `with {{${name}}} the SQL text grows beyond ${TEXT_LENGTH_MAX} characters`);
    return false;
  }
}

function storedLiteral(value: string, type: ValueType): string {
  switch (type) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(value) ? value : '1';
    case 'date':
    case 'timestamp':
      // Relative values (`past30days`, `thismonth`) are dates only once the question runs.
      return `DATE '${/^\d{4}-\d{2}-\d{2}/.test(value) ? value.slice(0, 10) : SAMPLE_DATE}'`;
    case 'boolean':
      return value === 'false' ? 'FALSE' : 'TRUE';
    default:
      return quote(value);
  }
}

/** The way Metabase makes a query fit into another one: without its semicolon, in parentheses, safe behind a comment. */
export function nestable(sql: string): string {
  const trimmed = sql.replace(/[\s;]+$/, '');
  const lastLine = trimmed.slice(trimmed.lastIndexOf('\n') + 1);
  return lastLine.includes('--') ? `(${trimmed}\n)` : `(${trimmed})`;
}
