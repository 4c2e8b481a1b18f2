import type { SyntaxNode, Tree } from '@lezer/common';
import type { CodeText } from './code-text.js';
import { isDatabaseCall, isIdleUse, isNamedSql, runsSql } from './database-calls.js';
import { Evaluator } from './evaluate.js';
import { textOf, type Binding, type ProgramLanguage, type Use } from './program.js';
import { sqlLikeness, type Likeness } from './sql-text.js';

/** A SQL text that a program holds, and what it is for. */
export interface FoundText {
  text: CodeText;
  /** The function, class or constant around it: `Reports.monthly`; null at the top of a file. */
  name: string | null;
  use: Use;
  /** Offset of the expression in the source. */
  from: number;
  to: number;
}

/** A call that runs a text which the file does not write down. */
export interface BuiltText {
  name: string | null;
  /** The argument, as the program writes it. */
  expression: string;
  call: string;
  from: number;
  use: Use;
}

export const FOUND_MAX = 5_000;
const CLIMB_MAX = 500;

/** One file of a language that Lezer parses: its names, and every SQL text in it. */
export class ProgramScan {
  readonly tree: Tree;
  readonly evaluator: Evaluator;
  /** By the start of the function or class, then by name; -1 for the file. */
  readonly #bindings = new Map<number, Map<string, Binding[]>>();
  readonly #scopes = new Set<number>();
  /** Names whose text a variable begins with, to which more is appended: `query = BASE`, then `query += …`. */
  readonly #bases = new Map<number, number>();
  isCut = false;

  constructor(
    readonly source: string,
    readonly path: string,
    readonly language: ProgramLanguage,
  ) {
    this.tree = language.parse(source, path);
    this.evaluator = new Evaluator(source, language, { bindingsOf: (name, node) => this.bindingsOf(name, node) });
    this.tree.iterate({ enter: (cursor) => this.#collect(cursor.node) });
    for (const names of this.#bindings.values()) {
      for (const [first, ...more] of names.values()) {
        if (first !== undefined && more.length > 0 && !first.isAppended && more.every(({ isAppended }) => isAppended)) this.#bases.set(first.value.from, first.value.to);
      }
    }
  }

  #collect(node: SyntaxNode): void {
    if (!/[A-Z]/.test(node.name.charAt(0))) return;
    if (this.language.scopeName(node, this.source) !== null) this.#scopes.add(node.from);
    for (const binding of this.language.bindings(node, this.source)) {
      const scope = this.#scopeOf(node);
      let names = this.#bindings.get(scope);
      if (names === undefined) {
        names = new Map();
        this.#bindings.set(scope, names);
      }
      const known = names.get(binding.name);
      if (known === undefined) names.set(binding.name, [binding]);
      else if (known.length < 100) known.push(binding);
    }
  }

  #scopeOf(node: SyntaxNode): number {
    let climbed = 0;
    for (let at = node.parent; at !== null && climbed < CLIMB_MAX; at = at.parent, climbed++) {
      if (this.#scopes.has(at.from) && this.language.scopeName(at, this.source) !== null) return at.from;
    }
    return -1;
  }

  /** What is bound to a name in the nearest scope around a node that knows it. */
  bindingsOf(name: string, node: SyntaxNode): readonly Binding[] {
    let climbed = 0;
    for (let at: SyntaxNode | null = node; at !== null && climbed < CLIMB_MAX; at = at.parent, climbed++) {
      const found = this.#bindings.get(at.from)?.get(name);
      if (found !== undefined && this.language.scopeName(at, this.source) !== null) return found;
    }
    return this.#bindings.get(-1)?.get(name) ?? [];
  }

  /** The text that a name of the whole file holds, where it is written down letter by letter. */
  constantOf(name: string): string | null {
    const [only, ...more] = this.#bindings.get(-1)?.get(name) ?? [];
    return only === undefined || more.length > 0 ? null : this.evaluator.constant(only.value);
  }

  isBound(name: string): boolean {
    return this.#bindings.get(-1)?.has(name) === true;
  }

  /** What is bound to a name of the whole file. */
  valueOf(name: string): SyntaxNode | null {
    return this.#bindings.get(-1)?.get(name)?.at(-1)?.value ?? null;
  }

  /** The names of functions and classes around a node, outermost first: `Reports.monthly`. */
  scopePath(node: SyntaxNode): string | null {
    const names: string[] = [];
    let climbed = 0;
    for (let at: SyntaxNode | null = node; at !== null && climbed < CLIMB_MAX; at = at.parent, climbed++) {
      const scope = this.language.scopeName(at, this.source);
      if (scope !== null) names.unshift(scope.name);
    }
    return names.length === 0 ? null : names.slice(-3).join('.');
  }

  /** Every SQL text outside the stretches that are `taken` already, in the order of the file. */
  texts(taken: readonly { from: number; to: number }[] = []): FoundText[] {
    const found: FoundText[] = [];
    const used = new Map<number, number>(taken.map(({ from, to }) => [from, to]));
    let failed: { from: number; to: number; name: string } | null = null;
    this.tree.iterate({
      enter: (cursor) => {
        const end = used.get(cursor.from);
        if (end !== undefined && cursor.to <= end) return false;
        if (!this.language.textNodes.has(cursor.name) && this.#bases.get(cursor.from) !== cursor.to) return undefined;
        // The left side of a long sum was asked for with the whole.
        if (failed !== null && cursor.from === failed.from && cursor.to <= failed.to && cursor.name === failed.name) return undefined;
        if (found.length >= FOUND_MAX) {
          this.isCut = true;
          return false;
        }
        const { node } = cursor;
        const literals: SyntaxNode[] = [];
        const written = this.evaluator.evaluate(node, literals);
        if (written === null) {
          failed = { from: cursor.from, to: cursor.to, name: cursor.name };
          return undefined;
        }
        const one = this.#judge(node, this.#whole(node, written, literals));
        if (one === null) return undefined;
        for (const literal of literals) used.set(literal.from, literal.to);
        found.push(one);
        return false;
      },
    });
    return found;
  }

  /** With what is appended to the variable later. */
  #whole(node: SyntaxNode, written: CodeText, literals: SyntaxNode[]): CodeText {
    // Asked first: what a string serves is dear to tell, and most are no SQL.
    if (likenessOf(written) === 'no') return written;
    const { target, isIdle } = this.language.use(node, this.source);
    if (target === null || isIdle) return written;
    const bindings = this.bindingsOf(target, node);
    if (bindings.length < 2 || bindings[0]?.value.from !== node.from || bindings.some(({ isAppended }, index) => index > 0 && !isAppended)) return written;
    for (const { value } of bindings.slice(1)) {
      const more = this.evaluator.evaluate(value, literals);
      const shown = textOf(value, this.source).slice(0, 120);
      if (more === null) written.hole(shown, value.from, { name: shown });
      else written.append(more);
    }
    return written;
  }

  #judge(node: SyntaxNode, text: CodeText): FoundText | null {
    const likeness = likenessOf(text);
    if (likeness === 'no') return null;
    const use = this.language.use(node, this.source);
    if (!text.isMarkedSql && isIdleUse(use)) return null;
    if (likeness === 'likely' && !text.isMarkedSql && !isDatabaseCall(use) && !isNamedSql(use)) return null;
    return { text: text.trimmed(), name: this.#nameOf(node, use.target), use, from: node.from, to: node.to };
  }

  /** The function around it, or the constant of a class or file. */
  #nameOf(node: SyntaxNode, target: string | null): string | null {
    const path = this.scopePath(node);
    if (path === null) return target;
    return target === null || this.#isInFunction(node) ? path : `${path}.${target}`;
  }

  #isInFunction(node: SyntaxNode): boolean {
    let climbed = 0;
    for (let at: SyntaxNode | null = node; at !== null && climbed < CLIMB_MAX; at = at.parent, climbed++) {
      if (this.language.scopeName(at, this.source)?.isFunction === true) return true;
    }
    return false;
  }

  /** Calls that run a text which is put together elsewhere: what they send, nobody can read here. */
  builtTexts(): BuiltText[] {
    const built: BuiltText[] = [];
    this.tree.iterate({
      enter: (cursor) => {
        if (!/^(VariableName|MemberExpression|CallExpression|BinaryExpression|SubscriptExpression)$/.test(cursor.name) || built.length >= FOUND_MAX) return undefined;
        const { node } = cursor;
        if (!/^(ArgList|Arguments|ArgumentList)$/.test(node.parent?.name ?? '')) return undefined;
        const use = this.language.use(node, this.source);
        const isFirst = use.argument === 0 || use.argument === 'sql' || use.argument === 'query';
        if (!isFirst || use.call === null || !runsSql(use.call, use.receiver) || this.#isWritten(node)) return undefined;
        built.push({ name: this.scopePath(node), expression: textOf(node, this.source).slice(0, 120), call: use.call, from: node.from, use });
        return false;
      },
    });
    return built;
  }

  /** True where the text stands in the file, is passed in by a caller, lies in a file of its own, or is built by an ORM's own functions. */
  #isWritten(node: SyntaxNode): boolean {
    if (this.evaluator.evaluate(node, []) !== null || this.evaluator.filePath(node) !== null) return true;
    const expression = this.language.expression(node, this.source);
    if (expression.kind === 'name') {
      const bindings = this.bindingsOf(expression.name, node);
      if (bindings.length > 0) return bindings.some(({ value }) => this.evaluator.evaluate(value, []) !== null || this.evaluator.filePath(value) !== null || isBuiltByLibrary(textOf(value, this.source)));
      return true;
    }
    const shown = textOf(node, this.source);
    return isBuiltByLibrary(shown) || this.#isOfCollection(shown.slice(0, 200), node);
  }

  /** `STATEMENTS["mark"]`, `STATEMENTS.get("mark")` of a collection that the file writes down: its texts are found there. */
  #isOfCollection(shown: string, node: SyntaxNode): boolean {
    const name = /^(?:self\.|cls\.|this\.)?(\w+)(?:\[|\.get\()/.exec(shown)?.[1];
    return name !== undefined && this.bindingsOf(name, node).some(({ value }) => /^(Dictionary|Array|Tuple|Object)Expression$/.test(value.name));
  }
}

function likenessOf(written: CodeText): Likeness {
  const { text, holes } = written.filled();
  return sqlLikeness(text, holes);
}

/** SQLAlchemy's `select(Order).where(…)` and the like: objects, no text. */
function isBuiltByLibrary(text: string): boolean {
  return /^(\w+\.)?(select|insert|update|delete|union|union_all|exists|func|table|text|literal_column)\b|^\w+\.(select|insert|update|delete|table|query)\(|\.(where|values|filter|order_by|on_conflict_do_nothing|returning|select_from)\(/.test(text);
}
