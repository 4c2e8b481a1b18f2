import { JinjaSyntaxError, lexExpression, type ExpressionToken } from './lex.js';
import type { Argument, BinaryOperator, Expression } from './nodes.js';

/** Expressions nested deeper than this are refused. */
const DEPTH_MAX = 60;
/** So are chains (`a ~ b ~ c`, `x.y.z`, `x | f | g`) longer than this: they nest as a tree. */
const LINKS_MAX = 250;

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['true', true], ['True', true], ['false', false], ['False', false], ['none', null], ['None', null], ['null', null],
]);
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
/** Words that end the single argument of a test without parentheses. */
const NO_TEST_ARGUMENT = new Set(['else', 'or', 'and', 'is', 'if', 'in', 'not', 'recursive']);

/** Jinja's grammar of expressions (`jinja2/parser.py`, version 3.1), with `null` for `none` and Python's slices. */
export class ExpressionParser {
  readonly #tokens: ExpressionToken[];
  #at = 0;
  #depth = 0;

  /** @throws JinjaSyntaxError */
  constructor(readonly source: string) {
    this.#tokens = lexExpression(source);
  }

  get peek(): ExpressionToken {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', start: this.source.length, end: this.source.length };
  }

  take(): ExpressionToken {
    const token = this.peek;
    this.#at++;
    return token;
  }

  /** True where the next token is that operator or word. */
  is(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token !== undefined && token.text === text && (token.kind === 'operator' || token.kind === 'name');
  }

  skip(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  expect(text: string): void {
    if (!this.skip(text)) throw new JinjaSyntaxError(`${text} is expected before ${this.#shown()}`);
  }

  name(): string {
    const token = this.take();
    if (token.kind !== 'name') throw new JinjaSyntaxError(`a name is expected before ${token.text === '' ? 'the end' : token.text}`);
    return token.text;
  }

  end(): void {
    if (this.peek.kind !== 'end') throw new JinjaSyntaxError(`${this.#shown()} is not expected there`);
  }

  /** An expression; with commas outside of brackets it is a list. */
  tuple(): Expression {
    const first = this.expression();
    if (!this.is(',')) return first;
    const items = [first];
    while (this.skip(',')) {
      if (this.peek.kind === 'end' || this.is(')')) break;
      items.push(this.expression());
    }
    return { kind: 'list', items };
  }

  /** @param isConditional false where `if` belongs to the tag: `for x in list if x` */
  expression(isConditional = true): Expression {
    if (++this.#depth > DEPTH_MAX) throw new JinjaSyntaxError('it is nested too deeply');
    const { start } = this.peek;
    let value = this.#or();
    if (isConditional && this.skip('if')) {
      const condition = this.#or();
      const otherwise = this.skip('else') ? this.expression() : null;
      value = { kind: 'choice', condition, then: value, otherwise, text: this.#text(start) };
    }
    this.#depth--;
    return value;
  }

  #or(): Expression {
    return this.#chain(() => this.#chain(() => this.#not(), ['and']), ['or']);
  }

  #not(): Expression {
    let negations = 0;
    while (this.skip('not')) negations++;
    const operand = this.#compare();
    if (negations === 0) return operand;
    return negations % 2 === 1 ? { kind: 'not', operand } : { kind: 'not', operand: { kind: 'not', operand } };
  }

  #compare(): Expression {
    const { start } = this.peek;
    let left = this.#sum();
    for (let links = 0; ; links++) {
      const operator = this.#comparison();
      if (operator === null) return left;
      if (links > LINKS_MAX) throw new JinjaSyntaxError('it is nested too deeply');
      const right = this.#sum();
      left = { kind: 'binary', operator, left, right, text: this.#text(start) };
    }
  }

  #comparison(): BinaryOperator | null {
    if (this.is('not') && this.is('in', 1)) {
      this.#at += 2;
      return 'not in';
    }
    if (this.skip('in')) return 'in';
    return COMPARISONS.has(this.peek.text) ? this.#operator(['==', '!=', '<', '<=', '>', '>=']) : null;
  }

  #sum(): Expression {
    return this.#chain(() => this.#concatenation(), ['+', '-']);
  }

  #concatenation(): Expression {
    return this.#chain(() => this.#product(), ['~']);
  }

  #product(): Expression {
    return this.#chain(() => this.#chain(() => this.#unary(), ['**']), ['*', '/', '//', '%']);
  }

  #chain(operand: () => Expression, operators: readonly BinaryOperator[]): Expression {
    const { start } = this.peek;
    let left = operand();
    let links = 0;
    for (let operator = this.#operator(operators); operator !== null; operator = this.#operator(operators)) {
      if (++links > LINKS_MAX) throw new JinjaSyntaxError('it is nested too deeply');
      const right = operand();
      left = { kind: 'binary', operator, left, right, text: this.#text(start) };
    }
    return left;
  }

  #operator(operators: readonly BinaryOperator[]): BinaryOperator | null {
    const { kind, text } = this.peek;
    if (kind !== 'operator' && kind !== 'name') return null;
    const found = operators.find((operator) => operator === text) ?? null;
    if (found !== null) this.#at++;
    return found;
  }

  #unary(): Expression {
    let isNegative = false;
    while (this.is('-') || this.is('+')) if (this.take().text === '-') isNegative = !isNegative;
    const { start } = this.peek;
    const value = this.#filters(this.postfix(this.#primary()), start);
    return isNegative ? { kind: 'negate', operand: value } : value;
  }

  #primary(): Expression {
    const token = this.take();
    switch (token.kind) {
      case 'name':
        return CONSTANTS.has(token.text) ? { kind: 'literal', value: CONSTANTS.get(token.text) } : { kind: 'name', name: token.text };
      case 'number':
        return { kind: 'literal', value: Number(token.text.replaceAll('_', '')) };
      case 'string': {
        let value = token.text;
        while (this.peek.kind === 'string') value += this.take().text;
        return { kind: 'literal', value };
      }
      default:
        return this.#bracket(token);
    }
  }

  #bracket(token: ExpressionToken): Expression {
    if (token.text === '(' && token.kind === 'operator') {
      if (this.skip(')')) return { kind: 'list', items: [] };
      const inner = this.tuple();
      this.expect(')');
      return inner;
    }
    if (token.text === '[' && token.kind === 'operator') return { kind: 'list', items: this.#items(']') };
    if (token.text === '{' && token.kind === 'operator') return this.#dict();
    throw new JinjaSyntaxError(`${token.kind === 'end' ? 'the end' : token.text} is not expected there`);
  }

  #items(close: string): Expression[] {
    const items: Expression[] = [];
    while (!this.skip(close)) {
      items.push(this.expression());
      if (!this.is(close)) this.expect(',');
    }
    return items;
  }

  #dict(): Expression {
    const entries: [Expression, Expression][] = [];
    while (!this.skip('}')) {
      const key = this.expression();
      this.expect(':');
      entries.push([key, this.expression()]);
      if (!this.is('}')) this.expect(',');
    }
    return { kind: 'dict', entries };
  }

  /** Attributes, indexes and calls behind `target`. */
  postfix(target: Expression): Expression {
    let value = target;
    for (let links = 0; ; links++) {
      if (links > LINKS_MAX) throw new JinjaSyntaxError('it is nested too deeply');
      if (this.skip('.')) value = this.#attribute(value);
      else if (this.skip('[')) value = this.#subscript(value);
      else if (this.is('(')) value = { kind: 'call', callee: value, args: this.arguments() };
      else return value;
    }
  }

  #attribute(target: Expression): Expression {
    const token = this.take();
    if (token.kind === 'name') return { kind: 'attribute', target, name: token.text };
    if (token.kind === 'number') return { kind: 'index', target, index: { kind: 'literal', value: Number(token.text) } };
    throw new JinjaSyntaxError('a name is expected after a dot');
  }

  #subscript(target: Expression): Expression {
    const from = this.is(':') ? null : this.expression();
    if (!this.is(':')) {
      this.expect(']');
      return { kind: 'index', target, index: from ?? { kind: 'literal', value: null } };
    }
    this.expect(':');
    const to = this.is(':') || this.is(']') ? null : this.expression();
    const step = this.skip(':') && !this.is(']') ? this.expression() : null;
    this.expect(']');
    return { kind: 'slice', target, from, to, step };
  }

  /** `(a, b=1, *list, **dict)`, with the comma behind the last one too. */
  arguments(): Argument[] {
    this.expect('(');
    const args: Argument[] = [];
    while (!this.skip(')')) {
      const spread = this.skip('**') ? '**' : this.skip('*') ? '*' : '';
      const isNamed = spread === '' && this.peek.kind === 'name' && this.is('=', 1);
      const name = isNamed ? this.name() : null;
      if (isNamed) this.expect('=');
      args.push({ name, spread, value: this.expression() });
      if (!this.is(')')) this.expect(',');
    }
    return args;
  }

  #filters(target: Expression, start: number): Expression {
    let value = target;
    for (let links = 0; ; links++) {
      if (links > LINKS_MAX) throw new JinjaSyntaxError('it is nested too deeply');
      if (this.skip('|')) value = this.filter(value);
      else if (this.skip('is')) value = this.#test(value, start);
      else return value;
    }
  }

  /** The filter whose name comes next, on `target`. */
  filter(target: Expression): Expression {
    let name = this.name();
    while (this.skip('.')) name += `.${this.name()}`;
    const args = this.is('(') ? this.arguments() : [];
    return this.postfix({ kind: 'filter', target, name, args });
  }

  #test(target: Expression, start: number): Expression {
    const negated = this.skip('not');
    const token = this.take();
    if (token.kind !== 'name' && !COMPARISONS.has(token.text)) throw new JinjaSyntaxError('a test is expected after "is"');
    const { kind, text } = this.peek;
    const takesBare = kind === 'string' || kind === 'number' || (kind === 'name' && !NO_TEST_ARGUMENT.has(text)) || (kind === 'operator' && (text === '[' || text === '{'));
    const args: Argument[] = this.is('(') ? this.arguments() : takesBare ? [{ name: null, spread: '', value: this.postfix(this.#primary()) }] : [];
    return { kind: 'test', target, name: token.text, args, negated, text: this.#text(start) };
  }

  /** The source from `start` to the token read last, with single blanks. */
  #text(start: number): string {
    const end = this.#tokens[this.#at - 1]?.end ?? start;
    return this.source.slice(start, end).replace(/\s+/g, ' ');
  }

  #shown(): string {
    const { kind, text } = this.peek;
    return kind === 'end' ? 'the end' : JSON.stringify(text.slice(0, 40));
  }
}
