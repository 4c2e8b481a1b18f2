import type { Diagnostic, Expression, Projection, Span } from '../../../model/syntax-tree.js';
import { type Dialect, foldName } from '../../dialect.js';
import { lexingOf } from '../lexing.js';
import { fieldsOf, textOf } from './data.js';
import type { Parser } from './parser.js';
import { around, Spans } from './spans.js';
import { Written } from './written.js';

/** What the lowering of one statement shares with that of texts inside it. */
interface Shared {
  parser: Parser;
  diagnostics: Diagnostic[];
  parameters: Map<string, number>;
}

/** What the lowering of one statement knows of it. */
export class Context {
  /** Names for expressions of the queries around, by WITH and by `sum(a AS z)`. The innermost query is last. */
  readonly inlineNames: Projection[][] = [];
  /** Set operations that the parser put into an expression of a query instead of around it. The innermost query is last. */
  readonly misplaced: unknown[][] = [];
  /** Within ON DUPLICATE KEY UPDATE, where VALUES(a) is the column of the row that was to be inserted. */
  hasInsertedRow = false;
  readonly #shared: Shared;

  /** `text`: the whole text, in which the places of `spans` and `written` count. */
  constructor(
    readonly text: string,
    readonly dialect: Dialect,
    readonly spans: Spans,
    readonly written: Written,
    shared: Shared,
  ) {
    this.#shared = shared;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#shared.diagnostics;
  }

  /**
   * Reads text that the parser left as it is: its trees, and the context in which to lower them; null where it is refused.
   * `base` is where it begins in the whole text, null where it stands nowhere in this form.
   */
  inner(text: string, base: number | null): { trees: readonly unknown[]; context: Context } | null {
    const { trees } = this.#shared.parser(text, this.dialect.id);
    if (!trees) return null;
    const { options, view } = lexingOf(this.dialect.id);
    const names = new Written(view(text), base ?? 0, options);
    return { trees, context: new Context(base === null ? text : this.text, this.dialect, new Spans(text, base, null), names, this.#shared) };
  }

  /** A name as the dialect compares it; null where there is none. */
  name(identifier: unknown): string | null {
    const fields = fieldsOf(identifier);
    const name = textOf(fields?.['name']);
    return name === null ? null : foldName(name, fields?.['quoted'] === true, this.dialect);
  }

  names(identifiers: readonly unknown[]): string[] {
    return identifiers.flatMap((identifier) => this.name(identifier) ?? []);
  }

  /** The number of a parameter that has a name instead of one; null for `?`, each of which is another. */
  parameter(name: string | null): number {
    const { parameters } = this.#shared;
    const key = name ?? `?${parameters.size}`;
    const number = parameters.get(key) ?? parameters.size + 1;
    parameters.set(key, number);
    return number;
  }

  /** Says that something was not understood: the statement is then only partly read. */
  warn(message: string, span: Span | null = null): void {
    this.#shared.diagnostics.push({ severity: 'warning', message, offset: span && span.end > 0 ? span.start : null });
  }

  spanOf(...inner: readonly Expression[]): Span {
    return around(inner.map(({ span }) => span));
  }
}
