import { regions } from '../sql/lexer.js';
import { fieldFilterPredicate } from './metabase-field-filter.js';
import { parseMetabase, type OptionalNode, type TagNode, type TemplateNode } from './metabase-parse.js';
import { NESTING_MAX, TEXT_LENGTH_MAX } from './limits.js';
import { placeholder, quote, SAMPLE_DATE, type ValueType } from './placeholder.js';
import { mergeProblems, Notes, refuseLength, type Neutralised } from './result.js';
import { Rewriter } from './rewrite.js';
import { codeView, slotOf, type CodeView, type Slot } from './slot.js';

/** What a template tag stands for, resolved against the export. `defaults` are the stored values, as text. */
export type MetabaseTag =
  | { kind: 'value'; type: ValueType; defaults: readonly string[] }
  | { kind: 'field-filter'; column: string | null; type: ValueType; widget: string; defaults: readonly string[] }
  | { kind: 'temporal-unit'; sql: string | null; defaults: readonly string[] }
  | { kind: 'card'; id: string; sql: string | null }
  | { kind: 'snippet'; content: string | null }
  | { kind: 'table'; relation: string | null }
  | { kind: 'undefined' };

export type TagResolver = (name: string) => MetabaseTag;

/** Where a stored value is a literal of its own. */
const STORED_VALUE_SLOTS = new Set<Slot>(['value', 'list', 'in-list', 'count', 'typed-literal']);

type Mode = 'default' | 'maximal';

/**
 * The texts that a native Metabase question sends: `default` with stored values, where optional clauses without a value
 * fall away, and `maximal` with every optional clause. A field filter becomes a predicate on its column, a card its SQL in
 * parentheses. Grammar and meaning: Metabase's `driver/common/parameters/parse.clj` and
 * `driver/sql/parameters/substitution.clj` (v0.57).
 */
export function neutraliseMetabase(text: string, resolve: TagResolver): Neutralised {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const untouched = render(text, { resolve, mode: 'default', notes: new Notes(), budget: new Budget() }, 0);
  const maximal = render(text, { resolve, mode: 'maximal', notes: new Notes(), budget: new Budget() }, 0);
  const variants = [{ label: 'default', sql: untouched.sql, map: untouched.map, assumptions: untouched.notes.assumptions }];
  if (maximal.sql !== untouched.sql) {
    variants.push({ label: 'maximal', sql: maximal.sql, map: maximal.map, assumptions: maximal.notes.assumptions });
  }
  return { variants, problems: mergeProblems([untouched.notes.problems, maximal.notes.problems]) };
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
  mode: Mode;
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
  readonly mode: Mode;
  readonly notes: Notes;

  constructor(
    readonly rewriter: Rewriter,
    readonly view: CodeView,
    readonly rendering: Rendering,
    readonly depth: number,
  ) {
    this.resolve = rendering.resolve;
    this.mode = rendering.mode;
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
    if (this.mode === 'default' && node.children.some((child) => child.kind === 'tag' && !this.#hasValue(child))) {
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
    return 'defaults' in tag ? tag.defaults.length > 0 : tag.kind !== 'undefined';
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
        this.notes.problem('missing-reference', `the field behind the time unit {{${name}}} is not in the export`);
        return placeholder('name', name, 'unknown', 'NULL');
      case 'card':
        if (tag.sql !== null) return this.#fits(name, tag.sql) ? nestable(tag.sql) : '(SELECT NULL)';
        this.notes.problem('missing-reference', `card ${tag.id} could not be put in for {{${name}}}`);
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
    if (this.mode === 'default' && tag.defaults.length === 0) {
      this.notes.assume(`the field filter {{${name}}} is empty`);
      return '1 = 1';
    }
    if (tag.column === null) {
      this.notes.problem('missing-reference', `the field that the filter {{${name}}} is mapped to is not in the export`);
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
    if (this.depth >= NESTING_MAX) {
      this.notes.problem('unsupported', `{{${name}}} includes itself, or nests deeper than ${NESTING_MAX} snippets`);
      return 'NULL';
    }
    if (!this.#fits(name, content)) return 'NULL';
    return render(content, this.rendering, this.depth + 1).sql;
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
