import type { SyntaxNode } from '@lezer/common';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { quoteIdentifier } from '../../template/placeholder.js';
import { CodeText } from './code-text.js';
import { fillFields } from './fields.js';
import { textOf, type Binding, type ProgramLanguage } from './program.js';

/** Sums and calls within each other, and names that name each other, are followed so far. */
const DEPTH_MAX = 200;
const NAMES_MAX = 20;
const SHOWN_LENGTH_MAX = 120;
/** What names stand for, taken together over a file: constants that are made of each other grow without bounds. UTF-16 units. */
const RESOLVED_LENGTH_MAX = 20_000_000;

interface Resolved {
  text: CodeText | null;
  used: SyntaxNode[];
}

/** What a name may hold in a scope: every value that is bound to it there. */
export interface Names {
  bindingsOf(name: string, node: SyntaxNode): readonly Binding[];
}

/** Works out the text that an expression of a program gives, as far as it is written down in the file. Executes nothing. */
export class Evaluator {
  readonly #active = new Set<number>();
  /** By the first value that is bound to the name. */
  readonly #resolved = new Map<number, Resolved>();
  #resolvedLength = 0;
  #names = 0;

  constructor(
    readonly source: string,
    readonly language: ProgramLanguage,
    readonly names: Names,
  ) {}

  /** The text of an expression; null where nothing of it is written down. Literals that were used are added to `used`. */
  evaluate(node: SyntaxNode, used: SyntaxNode[], depth = 0): CodeText | null {
    if (depth > DEPTH_MAX) return null;
    const expression = this.language.expression(node, this.source);
    switch (expression.kind) {
      case 'literal':
        used.push(node);
        return this.#withKnown(expression.text);
      case 'sum':
        return this.#sum(node, used, depth);
      case 'same': {
        const inner = this.evaluate(expression.inner, used, depth + 1);
        if (inner !== null && expression.isSql) inner.isMarkedSql = true;
        return inner;
      }
      case 'joined':
        return this.#joined(expression.items, expression.separator, used, depth);
      case 'filled': {
        const inner = this.evaluate(expression.inner, used, depth + 1);
        if (inner === null) return null;
        const { positional, named } = expression.values;
        const argument = (key: number | string): SyntaxNode | undefined => (typeof key === 'number' ? positional[key] : named.get(key));
        const filled = fillFields(inner, expression.style, {
          value: (key) => this.#fieldValue(argument(key)),
          name: (key) => (argument(key) === undefined ? null : nameOf(textOf(argument(key) ?? null, this.source).slice(0, SHOWN_LENGTH_MAX))),
        });
        if (expression.isSql) filled.isMarkedSql = true;
        return filled;
      }
      case 'name':
        return this.#name(expression.name, node, used, depth);
      case 'file':
      case 'known':
      case 'other':
        return null;
    }
  }

  /** The text of an expression where it is known letter by letter; null else. */
  constant(node: SyntaxNode | undefined): string | null {
    if (node === undefined) return null;
    const text = this.evaluate(node, []);
    if (text === null || text.holes.some((hole) => hole.text === undefined)) return null;
    return text.filled().text;
  }

  /** The path of a file whose content the expression is; null where it is none or not written down. */
  filePath(node: SyntaxNode): string | null {
    let at: SyntaxNode = node;
    for (let depth = 0; depth < NAMES_MAX; depth++) {
      const expression = this.language.expression(at, this.source);
      if (expression.kind === 'file') return this.constant(expression.path);
      if (expression.kind === 'same' || expression.kind === 'filled') at = expression.inner;
      else if (expression.kind === 'name') {
        const [only, ...more] = this.names.bindingsOf(expression.name, at);
        if (only === undefined || more.length > 0) return null;
        at = only.value;
      } else return null;
    }
    return null;
  }

  /** Long sums lean to the left: they are taken apart in a loop, not by recursion. */
  #sum(node: SyntaxNode, used: SyntaxNode[], depth: number): CodeText | null {
    const operands: SyntaxNode[] = [];
    let at: SyntaxNode = node;
    for (;;) {
      const expression = this.language.expression(at, this.source);
      if (expression.kind !== 'sum') break;
      operands.push(expression.right);
      at = expression.left;
    }
    operands.push(at);
    operands.reverse();
    const constants = operands.map((operand) => this.#isConstant(operand));
    const isAllNamed = constants.every(Boolean);
    const texts = operands.map((operand, index) => (constants[index] === true && !isAllNamed ? null : this.evaluate(operand, used, depth + 1)));
    if (texts.every((text) => text === null)) return null;
    const sum = new CodeText();
    for (const [index, text] of texts.entries()) {
      const operand = operands[index];
      if (operand === undefined) continue;
      if (text !== null) sum.append(text);
      else this.#hole(sum, operand, texts[index - 1] == null ? operand.from : (operands[index - 1]?.to ?? operand.from), operands[index + 1]?.from ?? operand.to);
    }
    return sum;
  }

  /** A constant that stands elsewhere is put in as it is known, and the text begins where the sum does. */
  #isConstant(operand: SyntaxNode): boolean {
    return this.language.expression(operand, this.source).kind === 'name' && this.constant(operand) !== null;
  }

  /** Shown as the program has it from `from` to `to`: `+ office +` between two literals. */
  #hole(out: CodeText, node: SyntaxNode, from = node.from, to = node.to): void {
    const blanks = /^\s*/.exec(this.source.slice(from, node.from))?.[0].length ?? 0;
    const around = this.source.slice(from + blanks, to).trimEnd();
    const isShort = around.length <= SHOWN_LENGTH_MAX;
    const shown = textOf(node, this.source).slice(0, SHOWN_LENGTH_MAX);
    const known = this.#fieldValue(node);
    out.hole(isShort ? around : shown, isShort ? from + blanks : node.from, { name: nameOf(shown), ...(known === null ? {} : { text: known }) });
  }

  #joined(items: readonly SyntaxNode[], separator: SyntaxNode | null, used: SyntaxNode[], depth: number): CodeText | null {
    const texts = items.map((item) => this.evaluate(item, used, depth + 1));
    if (texts.every((text) => text === null)) return null;
    const between = separator === null ? '' : this.constant(separator);
    const joined = new CodeText();
    for (const [index, text] of texts.entries()) {
      const item = items[index];
      if (item === undefined) continue;
      if (index > 0) joined.decoded(between ?? ' ', item.from);
      if (text !== null) joined.append(text);
      else this.#hole(joined, item);
    }
    return joined;
  }

  /** The text that a name holds: of one assignment and what is appended to it later. More than one assignment is anyone's guess. */
  #name(name: string, node: SyntaxNode, used: SyntaxNode[], depth: number): CodeText | null {
    const bindings = this.names.bindingsOf(name, node);
    const [first] = bindings;
    if (first === undefined || first.isAppended || bindings.some((binding, index) => index > 0 && !binding.isAppended)) return null;
    if (this.#active.has(first.value.from) || this.#names >= NAMES_MAX) return null;
    let resolved = this.#resolved.get(first.value.from);
    if (resolved === undefined) {
      resolved = this.#bound(bindings, first.value.from, depth);
      this.#resolved.set(first.value.from, resolved);
    }
    const { text } = resolved;
    this.#resolvedLength += text?.length ?? 0;
    if (text === null || text.length > TEXT_LENGTH_MAX || this.#resolvedLength > RESOLVED_LENGTH_MAX) return null;
    for (const literal of resolved.used) used.push(literal);
    return new CodeText().append(text);
  }

  #bound(bindings: readonly Binding[], first: number, depth: number): Resolved {
    this.#active.add(first);
    this.#names++;
    const text = new CodeText();
    const used: SyntaxNode[] = [];
    let isWritten = false;
    for (const { value } of bindings) {
      const part = text.length > TEXT_LENGTH_MAX ? null : this.evaluate(value, used, depth + 1);
      if (part === null) this.#hole(text, value);
      else {
        text.append(part);
        isWritten = true;
      }
    }
    this.#active.delete(first);
    this.#names--;
    return { text: isWritten ? text : null, used };
  }

  /** Interpolated names that are constants of the file. */
  #withKnown(text: CodeText): CodeText {
    for (const hole of text.holes) {
      if (hole.text !== undefined || !/^[A-Za-z_$][\w$]*$/.test(hole.name) || hole.node === undefined) continue;
      const known = this.#fieldValue(hole.node);
      if (known !== null) hole.text = known;
    }
    return text;
  }

  /** What a value is as SQL where that is written down: the text of a constant, an identifier that psycopg quotes. */
  #fieldValue(node: SyntaxNode | undefined): string | null {
    if (node === undefined || this.#names >= NAMES_MAX) return null;
    const expression = this.language.expression(node, this.source);
    if (expression.kind !== 'known') return expression.kind === 'other' ? null : this.constant(node);
    const parts = expression.sql.map((part) => this.constant(part));
    return parts.length > 0 && parts.every((part) => part !== null) ? parts.map((part) => quoteIdentifier(part)).join('.') : null;
  }
}

/** How people call a hole: its expression, shortened. */
export function nameOf(expression: string): string {
  const plain = expression.replace(/\s+/g, ' ').trim();
  return plain.length <= 60 ? plain : `${plain.slice(0, 59)}…`;
}
