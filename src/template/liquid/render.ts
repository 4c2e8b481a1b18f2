import type { Segment } from '../../model/query.js';
import type { Hole } from '../holes.js';
import { TEXT_LENGTH_MAX } from '../limits.js';
import { dynamicName } from '../placeholder.js';
import { Notes } from '../result.js';
import { Rewriter } from '../rewrite.js';
import type { LiquidEnvironment, LiquidVariable } from '../liquid.js';
import { assumptionOf, signature, type Choice } from './choice.js';
import { evaluate, isOneOf, plainName, truthOf, valueOf, variableOf, type Names, type Value } from './expression.js';
import { wordOf } from './filters.js';
import type { Branch, Node } from './parse.js';
import type { Token } from './scan.js';

/** What one rendering takes where the template leaves a choice. */
export interface Choices {
  /** The branch by the words of the whole choice; where two choices read the same, they go the same way. */
  branches: ReadonlyMap<string, number>;
  /** Values of variables that differ from the stored ones. */
  values: ReadonlyMap<string, string>;
  /** Takes the first branch that may hold instead of what an untouched run takes. */
  isMaximal: boolean;
}

export interface Rendered {
  text: string;
  map: Segment[];
  holes: Hole[];
  notes: Notes;
}

/** Passes through all loops of one rendering, at most. */
const PASSES_MAX = 1_000;

/** The text of a definition, rendered by itself. */
export type Definition = (name: string, notes: Notes) => string | null;

export class Renderer implements Names {
  readonly holes: Hole[] = [];
  readonly notes = new Notes();
  /** Variables whose value makes another text. */
  readonly deciding = new Set<string>();
  readonly #rewriter: Rewriter;
  readonly #assigned = new Map<string, Value>();
  #length = 0;

  constructor(
    readonly source: string,
    readonly environment: LiquidEnvironment,
    readonly choices: Choices,
    readonly definition: Definition,
    /** Of all loops, those of captured texts too. */
    readonly passes = { count: 0 },
  ) {
    this.#rewriter = new Rewriter(source);
  }

  render(nodes: readonly Node[]): Rendered {
    this.#nodes(nodes);
    const { sql, map } = this.#rewriter.finish();
    return { text: sql, map, holes: this.holes, notes: this.notes };
  }

  assigned(name: string): Value | undefined {
    return this.#assigned.get(name);
  }

  variable(name: string): LiquidVariable | undefined {
    return this.environment.variables?.get(name);
  }

  chosen(name: string, { values }: LiquidVariable): string | undefined {
    return this.choices.values.get(name) ?? values?.[0];
  }

  text(name: string): string | null {
    return this.environment.text?.(name) ?? null;
  }

  truth(name: string): boolean | null {
    return this.environment.truth?.(name) ?? null;
  }

  #nodes(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (this.#length > TEXT_LENGTH_MAX) {
        this.notes.problem('too-large', `the rendered SQL has more than the ${TEXT_LENGTH_MAX} characters that are read`);
        return;
      }
      this.#node(node);
    }
  }

  #node(node: Node): void {
    switch (node.kind) {
      case 'text':
        return this.#copy(node.start, node.end);
      case 'output':
        return this.#output(node.token);
      case 'tag':
        return this.#tag(node.token);
      case 'choice':
        return this.#nodes(this.#branch(node)?.body ?? []);
      case 'loop':
        return this.#loop(node.token, node.body);
      case 'capture':
        return this.#capture(node.token, node.body);
      case 'enclosed':
        return this.#enclosed(node);
    }
  }

  #enclosed({ token, body, end }: Extract<Node, { kind: 'enclosed' }>): void {
    if (!body.some((inner) => inner.kind !== 'text' || this.source.slice(inner.start, inner.end).trim() !== '')) return this.#generate('1 = 1', token);
    this.notes.assume(`the filter ${token.body.slice(0, 80)} asks for rows that have a value`);
    this.#generate('(', token);
    this.#nodes(body);
    // A line break keeps a last `--` comment from swallowing the parenthesis, but would end a comment around it all.
    const last = body.at(-1);
    const isCommented = this.source.slice(this.source.lastIndexOf('\n', token.start) + 1, token.start).includes('--');
    const endsInComment = last?.kind === 'text' && this.source.slice(this.source.lastIndexOf('\n', last.end - 1) + 1, last.end).includes('--');
    this.#generate(endsInComment && !isCommented ? '\n) IS NOT NULL' : ') IS NOT NULL', end ?? token);
  }

  #copy(start: number, end: number): void {
    this.#rewriter.copy(start, end);
    this.#length += end - start;
  }

  #generate(text: string, { start, end }: { start: number; end: number }): void {
    this.#rewriter.generate(text, start, end);
    this.#length += text.length;
  }

  /** Leaves the construct where it is, for the slot around it to decide. */
  #hole(token: Token, hole: Omit<Hole, 'start' | 'end'>): void {
    const start = this.#length;
    this.#copy(token.start, token.end);
    this.holes.push({ ...hole, start, end: this.#length });
  }

  #output(token: Token): void {
    const { body } = token;
    if (body.startsWith('@')) return this.#definition(token);
    this.#put(token, evaluate(body, this), body.split('|', 1)[0]?.trim() ?? body);
  }

  #put(token: Token, value: Value, written: string): void {
    const name = plainName(written);
    const found = variableOf(name, this);
    if (found !== null) {
      const { key, variable } = found;
      const chosen = this.chosen(key, variable);
      if ((variable.written ?? 'slot') === 'slot' || chosen === undefined) {
        const values = chosen === undefined ? undefined : [chosen, ...(variable.values ?? []).filter((other) => other !== chosen)];
        return this.#hole(token, { name: key, type: variable.type, values });
      }
      if (variable.written === 'raw') this.deciding.add(key);
      this.notes.assume(`the parameter ${key} is ${chosen}`);
    }
    if ('known' in value) return this.#generate(wordOf(value.known), token);
    this.#hole(token, { name: 'variable' in value && value.variable === null ? plainName(value.name) : name, type: value.variable?.type });
  }

  #definition(token: Token): void {
    const [, name = '', alias] = /^@([\w.-]+)(?:\s+as\s+([\w"]+))?/i.exec(token.body) ?? [];
    const text = this.definition(name, this.notes);
    const as = alias === undefined ? '' : ` AS ${alias}`;
    this.#generate(text === null ? dynamicName(name) + as : `(\n${text}\n)${as}`, token);
  }

  #tag(token: Token): void {
    const { name, body } = token;
    switch (name) {
      case 'parameter': {
        const parameter = plainName(body);
        const value = valueOf(`${parameter}._parameter_value`, this);
        return this.#put(token, value, `${parameter}._parameter_value`);
      }
      case 'date_start':
      case 'date_end':
        return this.#hole(token, { name: `${plainName(body)}_${name.slice(5)}`, type: 'timestamp' });
      case 'echo':
        return this.#put(token, evaluate(body, this), body);
      case 'assign': {
        const equals = body.indexOf('=');
        if (equals > 0) this.#assigned.set(body.slice(0, equals).trim(), this.#noted(body.slice(equals + 1)));
        return;
      }
      case 'comment':
      case 'form':
      case 'raw':
      case 'break':
      case 'continue':
      case '#':
      case '':
        return;
      default:
        this.notes.problem('unsupported', `the tag ${name.slice(0, 80)} of its template is not known and was left out`);
    }
  }

  #noted(expression: string): Value {
    const name = plainName(expression.split('|', 1)[0]?.trim() ?? '');
    const found = variableOf(name, this);
    if (found !== null) this.deciding.add(found.key);
    return evaluate(expression, this);
  }

  #branch(choice: Choice): Branch | undefined {
    const { token, branches } = choice;
    this.#noteDeciding(choice);
    let isSure = true;
    let first: Branch | undefined;
    let certain: Branch | undefined;
    for (const branch of branches) {
      const truth = this.#holds(branch, token);
      if (truth === null) isSure = false;
      if (truth !== false) first ??= branch;
      if (truth === true) {
        certain = branch;
        break;
      }
    }
    if (isSure) return certain;
    const index = this.choices.branches.get(signature(choice));
    // Nobody asks and nothing is known: what is left. A list of cases of which none is left would leave a gap in the statement.
    const untouched = certain ?? (branches.length > 1 ? first : undefined);
    const taken = index !== undefined ? branches[index] : this.choices.isMaximal ? first : untouched;
    this.notes.assume(assumptionOf(token, taken ?? null, branches[0] ?? null));
    return taken;
  }

  #holds({ token, condition }: Branch, choice: Token): boolean | null {
    if (condition === null) return true;
    if (choice.name === 'case') return isOneOf(choice.body, condition, this);
    const truth = truthOf(condition, this);
    return token.name === 'unless' && truth !== null ? !truth : truth;
  }

  #noteDeciding({ token, branches }: Choice): void {
    for (const condition of [token.body, ...branches.map((branch) => branch.condition ?? '')]) {
      for (const [name] of condition.matchAll(/[\w@]+(?:\.\w+|\[[^\]]*\])*/g)) {
        const found = variableOf(plainName(name), this);
        if (found !== null) this.deciding.add(found.key);
      }
    }
  }

  #loop(token: Token, body: readonly Node[]): void {
    const [, item = '', list = ''] = /^([\w-]+)\s+in\s+(.+)$/s.exec(token.body) ?? [];
    const outer = this.#assigned.get(item);
    for (const value of this.#items(list.trim())) {
      if (++this.passes.count > PASSES_MAX) {
        this.notes.problem('too-large', `its loops have more than the ${PASSES_MAX} passes that are rendered`);
        break;
      }
      this.#assigned.set(item, value);
      this.#nodes(body);
    }
    if (outer === undefined) this.#assigned.delete(item);
    else this.#assigned.set(item, outer);
  }

  /** What a loop runs over; once over an unknown item where the list is unknown. */
  #items(list: string): Value[] {
    const range = /^\(\s*(-?\d{1,15})\s*\.\.\s*(-?\d{1,15})\s*\)/.exec(list);
    if (range !== null) {
      const from = Number(range[1]);
      const count = Math.min(Math.max(0, Number(range[2]) - from + 1), PASSES_MAX + 1);
      return Array.from({ length: count }, (_, index) => ({ known: from + index }));
    }
    const value = evaluate(list, this);
    if (!('known' in value)) return [{ name: value.name, variable: null }];
    if (typeof value.known === 'object' && value.known !== null) return value.known.map((known) => ({ known }));
    return value.known === null || value.known === '' ? [] : [{ known: value.known }];
  }

  #capture(token: Token, body: readonly Node[]): void {
    const inner = new Renderer(this.source, this.environment, this.choices, this.definition, this.passes);
    for (const [name, value] of this.#assigned) inner.#assigned.set(name, value);
    const { text, holes, notes } = inner.render(body);
    for (const { code, message } of notes.problems) this.notes.problem(code, message);
    for (const key of inner.deciding) this.deciding.add(key);
    this.#assigned.set(token.body.replace(/['"]/g, ''), holes.length === 0 ? { known: text } : { name: token.body, variable: null });
  }
}
