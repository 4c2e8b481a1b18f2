import { commentText, regionAt, regions, scriptView, splitStatements, withoutTemplates, type StatementSpan } from '../sql/lexer.js';
import type { Segment } from '../model/query.js';
import { dynamicName, placeholder, quote, sampleText } from './placeholder.js';
import { Notes, refuseLength, type Neutralised } from './result.js';
import { compose, Rewriter } from './rewrite.js';
import { codeView, isPartOfRelation, slotOf, type CodeView, type Slot } from './slot.js';

/** A statement of a script: where it stands, and what the comments before it say. */
export interface ScriptStatement extends StatementSpan {
  commentTexts: string[];
}

/** The statements of a script with their comments. `{{…}}` is kept whole, so that a quote within cannot open a string. */
export function scriptStatements(text: string): ScriptStatement[] {
  return splitStatements(scriptView(text)).map((span) => ({
    ...span,
    commentTexts: span.comments.map((comment) => commentText(text, comment)),
  }));
}

/**
 * The parameters of SQL clients. 1 `:'v'` 2 `:"v"` 3 `:v` 4 `${V}` 5 `$(V)` 6 `{{v}}` 7 `%(v)s` 8 `%s` 9 `?` 10 Jinja
 * blocks 11 `@v`. The name is bounded so that an open brace stays cheap.
 */
const PARAMETER =
  /:'(\w{1,100})'|:"(\w{1,100})"|:([A-Za-z_]\w{0,100})|\$\{([^{}\n]{1,200})\}|\$\((\w{1,100})\)|\{\{([^{}]{0,500})\}\}|%\((\w{1,100})\)s|(%s)\b|(\?)|(\{[%#][^{}]{0,2000}[%#]\})|@([A-Za-z_]\w{0,100})(?!\s*:?=)/g;

/**
 * One statement of a script with the client's parameters put aside. Unknown values become `$1`, `$2` …, one for each
 * name, which is what the server sees of a bound parameter; casts (`::`), `:=`, slices and the JSON operators stay.
 */
export function neutraliseSqlFile(text: string): Neutralised {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const rewriting = new ClientParameters(text);
  const { sql, map } = rewriting.rewrite();
  const { notes } = rewriting;
  return { variants: [{ label: 'default', sql, map, assumptions: notes.assumptions }], problems: notes.problems };
}

/** `\copy (query) to …` as the server gets it: `COPY (query) TO STDOUT`. Null where psql copies a table or loads a file. */
export function neutraliseCopyCommand(text: string): Neutralised | null {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const match = /^\\copy\s+(\([^]*\))\s*to\s/i.exec(text);
  const query = match?.[1];
  if (match === null || query === undefined) return null;
  const start = match[0].indexOf('(');
  const rewriter = new Rewriter(text);
  rewriter.generate('COPY ', 0, start);
  rewriter.copy(start, start + query.length);
  rewriter.generate(' TO STDOUT', start + query.length, text.length);
  const sent = rewriter.finish();
  const { variants, problems } = neutraliseSqlFile(sent.sql);
  const mapped = variants.map(({ label, sql, map, assumptions }) => ({
    label,
    sql,
    map: compose(map, sent.map),
    assumptions: ['psql sends \\copy as COPY … TO STDOUT', ...assumptions],
  }));
  return { variants: mapped, problems };
}

class ClientParameters {
  readonly notes = new Notes();
  readonly #view: CodeView;
  readonly #code: string;
  readonly #numbers = new Map<string, number>();
  #highest = 0;

  constructor(readonly text: string) {
    const view = withoutTemplates(text);
    this.#view = codeView(view, regions(view));
    this.#code = view;
    for (const match of view.matchAll(/\$(\d{1,5})/g)) this.#highest = Math.max(this.#highest, Number(match[1]));
  }

  rewrite(): { sql: string; map: Segment[] } {
    const rewriter = new Rewriter(this.text);
    let at = 0;
    for (const match of this.text.matchAll(PARAMETER)) {
      const start = match.index;
      const end = start + match[0].length;
      if (start < at) continue;
      const replacement = this.#replacement(match, start, end);
      if (replacement === null) continue;
      rewriter.copy(at, start);
      rewriter.generate(replacement, start, end);
      at = end;
    }
    rewriter.copy(at, this.text.length);
    return rewriter.finish();
  }

  #replacement(match: RegExpMatchArray, start: number, end: number): string | null {
    const [whole, literal, identifier, plain, dollar, sqlcmd, mustache, named, positional, question, block, sign] = match;
    const kind = regionAt(this.#view.regions, start)?.kind;
    if (kind === 'line-comment' || kind === 'block-comment') return null;
    if (block !== undefined) {
      this.notes.problem('unsupported', 'a template with {% … %} runs only in its tool');
      return ' ';
    }
    const colon = literal ?? identifier ?? plain;
    const operand = positional ?? question ?? sign;
    if (kind !== 'code' && (colon ?? operand) !== undefined) return null;
    if (colon !== undefined && !this.#isClientColon(start)) return null;
    if (operand !== undefined && !this.#isPlaceholderSign(start, whole.length)) return null;
    if (literal !== undefined) return this.#assume(literal, quote(sampleText(literal)));
    const name = (identifier ?? plain ?? dollar ?? sqlcmd ?? mustache ?? named ?? sign ?? '').trim();
    if (identifier !== undefined) return this.#name(name, slotOf(this.#view, start, end), start);
    return this.#bySlot(name === '' ? `parameter_${this.#numbers.size + 1}` : name, start, end);
  }

  /** Not the colon of `::type`, `:=` or a slice such as `a[1:n]` and `a[:n]`. */
  #isClientColon(start: number): boolean {
    const before = this.#code.charAt(start - 1);
    if (/[:\w\])]/.test(before)) return false;
    if (before !== '[') return true;
    return /(^|\W)array\s*\[$/i.test(this.#code.slice(Math.max(0, start - 20), start));
  }

  /** `?` and `%s` are parameters where an operand is due, and operators (`data ? 'key'`, `a %s`) where one stands before. */
  #isPlaceholderSign(start: number, length: number): boolean {
    const after = this.#code.charAt(start + length);
    const before = this.#code.slice(Math.max(0, start - 60), start).trimEnd();
    if (/[|&?]/.test(after) && length === 1) return false;
    if (/[@#~]$/.test(before)) return false;
    const word = /([A-Za-z_]\w*)$/.exec(before)?.[1]?.toLowerCase();
    if (word !== undefined) return EXPECTS_OPERAND.has(word);
    return before === '' || /[(,=<>+\-*/|[]$/.test(before);
  }

  #bySlot(name: string, start: number, end: number): string | null {
    const slot = slotOf(this.#view, start, end);
    if (slot === 'relation' || slot === 'name') return this.#name(name, slot, start);
    if (slot === 'in-word') this.#dynamic(name, start);
    const text = placeholder(slot, name, 'unknown', `$${this.#number(name)}`);
    return text === null ? null : this.#assume(name, text);
  }

  #name(name: string, slot: Slot, start: number): string {
    if (slot === 'relation') this.#dynamic(name, start);
    return this.#assume(name, dynamicName(name));
  }

  #dynamic(name: string, start: number): void {
    if (isPartOfRelation(this.#view, start)) {
      this.notes.problem('dynamic-relation', `the parameter ${name.slice(0, 80)} names a relation that only the running client knows`);
    }
  }

  #number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#highest++;
    this.#numbers.set(name, this.#highest);
    return this.#highest;
  }

  #assume(name: string, text: string): string {
    this.notes.assume(`the parameter ${name.slice(0, 80)} is ${text}`);
    return text;
  }
}

/** Words after which an operand must follow. */
const EXPECTS_OPERAND = new Set([
  'and', 'or', 'not', 'where', 'having', 'on', 'when', 'then', 'else', 'between', 'like', 'ilike', 'in', 'any', 'all', 'select', 'by',
  'limit', 'offset', 'values', 'set', 'returning', 'interval', 'date', 'timestamp', 'similar', 'to', 'from', 'distinct', 'case',
]);
