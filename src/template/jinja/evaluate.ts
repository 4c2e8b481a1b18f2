import type { JinjaEnvironment } from '../jinja.js';
import { BUILTINS } from './builtins.js';
import { FILTERS, type FilterHost } from './filters.js';
import { methodOf } from './methods.js';
import type { Argument, Expression, JinjaMacro } from './nodes.js';
import { calculate, compare } from './operators.js';
import { CALLS_MAX, doubt, isTextual, LimitExceeded, negated, truthOf, untouchedOf, type Runtime, type Truth } from './runtime.js';
import type { Scope } from './scope.js';
import { runTest } from './tests.js';
import {
  callable, isCallable, isJinjaObject, isUnknown, unknown, type JinjaArguments, type JinjaCallable, type JinjaKeywords, type JinjaSite, type JinjaValue,
} from './value.js';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in']);
const NO_KEYWORDS: JinjaKeywords = new Map();

/** Runs a macro; the renderer does. */
export type MacroRunner = (macro: JinjaMacro, args: JinjaArguments, kwargs: JinjaKeywords) => JinjaValue;

/** Values of expressions. Nothing but the closed values of a template is ever looked into. */
export class Evaluator implements FilterHost {
  /** The construct that is being written, as offsets of the template that is rendered. */
  site = { start: 0, end: 0 };
  #calls = 0;

  constructor(
    readonly runtime: Runtime,
    readonly environment: JinjaEnvironment,
    readonly runMacro: MacroRunner,
  ) {}

  evaluate(expression: Expression, scope: Scope): JinjaValue {
    this.runtime.step();
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'name':
        return this.#lookup(expression.name, scope);
      case 'list':
        return this.runtime.list(expression.items.map((item) => this.evaluate(item, scope)));
      case 'dict':
        return new Map(expression.entries.map(([key, value]) => [this.runtime.text(this.evaluate(key, scope)), this.evaluate(value, scope)]));
      case 'attribute':
        return this.attribute(this.evaluate(expression.target, scope), expression.name);
      case 'index':
        return this.#index(this.evaluate(expression.target, scope), this.evaluate(expression.index, scope));
      case 'slice':
        return this.#slice(expression, scope);
      case 'call':
        return this.#call(expression.callee, expression.args, scope);
      case 'filter': {
        const { args, kwargs } = this.#arguments(expression.args, scope);
        return this.filter(expression.name, this.evaluate(expression.target, scope), args, kwargs);
      }
      case 'negate': {
        const value = this.evaluate(expression.operand, scope);
        return typeof value === 'number' ? -value : value;
      }
      case 'choice':
        if (this.holds(expression.condition, scope)) return this.evaluate(expression.then, scope);
        return expression.otherwise === null ? undefined : this.evaluate(expression.otherwise, scope);
      case 'binary':
        if (expression.operator === 'and' || expression.operator === 'or') return this.#andOr(expression, scope);
        if (COMPARISONS.has(expression.operator)) return valueOf(this.condition(expression, scope));
        return calculate(expression.operator, this.evaluate(expression.left, scope), this.evaluate(expression.right, scope), expression.text, this.runtime);
      case 'not':
      case 'test':
        return valueOf(this.condition(expression, scope));
    }
  }

  /** What an expression says as a condition, without deciding what is in doubt. */
  condition(expression: Expression, scope: Scope): Truth {
    if (expression.kind === 'not') return negated(this.condition(expression.operand, scope));
    if (expression.kind === 'test') return this.#test(expression, scope);
    if (expression.kind !== 'binary') return truthOf(this.evaluate(expression, scope));
    const { operator, left, right, text } = expression;
    if (operator === 'and' || operator === 'or') {
      const one = this.condition(left, scope);
      if (one === (operator === 'or')) return one;
      const other = this.condition(right, scope);
      if (typeof one === 'boolean') return other;
      if (typeof other === 'boolean') return other === (operator === 'or') ? other : one;
      const both = [untouchedOf(one), untouchedOf(other)];
      return doubt(text, operator === 'and' ? both[0] === true && both[1] === true : both.includes(true));
    }
    if (!COMPARISONS.has(operator)) return truthOf(this.evaluate(expression, scope));
    return compare(operator, this.evaluate(left, scope), this.evaluate(right, scope), text, this.runtime);
  }

  holds(expression: Expression, scope: Scope): boolean {
    const truth = this.condition(expression, scope);
    return typeof truth === 'boolean' ? truth : this.runtime.decide(truth);
  }

  attribute(value: JinjaValue, name: string): JinjaValue {
    if (isUnknown(value)) {
      return unknown(`${value.name}.${name}`, { isUndefined: value.isUndefined, ...(value.type === 'date' || value.type === 'timestamp' ? { type: value.type } : {}) });
    }
    if (isJinjaObject(value) && value.attributes.has(name)) return value.attributes.get(name);
    if (value instanceof Map && value.has(name)) return value.get(name);
    const method = methodOf(value, name, this.runtime);
    if (method !== null) return callable(name, method);
    return isJinjaObject(value) ? unknown(value.text === '' ? name : `${value.text}.${name}`, { isUndefined: true }) : undefined;
  }

  filter(name: string, value: JinjaValue, args: JinjaArguments, kwargs: JinjaKeywords): JinjaValue {
    const own = this.environment.filters?.get(name);
    if (own !== undefined) return own([value, ...args], kwargs, this.#site());
    const known = FILTERS.get(name);
    if (known !== undefined) return known(value, args, kwargs, this);
    this.runtime.notes.assume(`the filter ${name.slice(0, 80)} is left out`);
    return value;
  }

  test(name: string, value: JinjaValue, args: JinjaArguments): Truth {
    return runTest(name, value, args, `is ${name}`, this.runtime);
  }

  call(callee: JinjaValue, args: JinjaArguments, kwargs: JinjaKeywords = NO_KEYWORDS, path = 'call'): JinjaValue {
    this.runtime.step();
    if (++this.#calls > CALLS_MAX) throw new LimitExceeded('its macros call one another without end');
    try {
      if (isCallable(callee)) return callee.call(args, kwargs, this.#site());
      if (isJinjaObject(callee) && callee.call !== undefined) return callee.call(args, kwargs, this.#site());
      if (!isUnknown(callee) && callee !== undefined && !isJinjaObject(callee)) return undefined;
      return this.#unknownCall(callee, isUnknown(callee) ? callee.name : path, args, kwargs);
    } finally {
      this.#calls--;
    }
  }

  macro(name: string): JinjaCallable | null {
    const macro = this.environment.macros?.get(name);
    return macro === undefined ? null : callable(name, (args, kwargs) => this.runMacro(macro, args, kwargs));
  }

  #unknownCall(callee: JinjaValue, path: string, args: JinjaArguments, kwargs: JinjaKeywords): JinjaValue {
    if (isUnknown(callee) && callee.isUndefined !== true) {
      return { ...callee, name: `${path}(${args.map((argument) => this.runtime.shown(argument)).join(', ')})`.slice(0, 200) };
    }
    // Macros of packages: `dbt_utils.star`.
    const macro = this.macro(path);
    if (macro !== null) return macro.call(args, kwargs, this.#site());
    const given = this.environment.unknownCall?.(path, args, kwargs);
    return given ?? sqlFunction(path, args, kwargs, (value) => this.runtime.text(value));
  }

  #lookup(name: string, scope: Scope): JinjaValue {
    const found = scope.find(name);
    if (found !== undefined) return found.value;
    const { globals, unknownName } = this.environment;
    if (globals.has(name)) return globals.get(name);
    return this.macro(name) ?? BUILTINS.get(name) ?? unknownName?.call(this.environment, name) ?? unknown(name, { isUndefined: true });
  }

  #index(target: JinjaValue, index: JinjaValue): JinjaValue {
    if (isUnknown(target)) return unknown(`${target.name}[${this.runtime.shown(index).slice(0, 80)}]`, { isUndefined: target.isUndefined, type: target.type });
    if (typeof index === 'number') {
      if (Array.isArray(target)) return target.at(index);
      if (isTextual(target)) return this.runtime.text(target).at(index);
    }
    if (isUnknown(index)) return unknown(`${index.name} of a list`);
    return this.attribute(target, this.runtime.text(index));
  }

  #slice(expression: Extract<Expression, { kind: 'slice' }>, scope: Scope): JinjaValue {
    const target = this.evaluate(expression.target, scope);
    if (isUnknown(target)) return target;
    const [from, to, step] = [expression.from, expression.to, expression.step].map((part) => (part === null ? null : this.evaluate(part, scope)));
    const bounds: [number, number | undefined] = [typeof from === 'number' ? from : 0, typeof to === 'number' ? to : undefined];
    if (isTextual(target)) return this.runtime.text(target).slice(...bounds);
    if (!Array.isArray(target)) return undefined;
    const items = target.slice(...bounds);
    if (step === -1) return items.toReversed();
    return typeof step === 'number' && step > 1 ? items.filter((_, index) => index % step === 0) : items;
  }

  #andOr({ operator, left, right }: Extract<Expression, { kind: 'binary' }>, scope: Scope): JinjaValue {
    const one = this.evaluate(left, scope);
    const truth = truthOf(one);
    if (typeof truth === 'boolean') return truth === (operator === 'or') ? one : this.evaluate(right, scope);
    const other = this.evaluate(right, scope);
    // Of two conditions neither is a value to be written: what both say together stays in doubt.
    if (isUnknown(other) || typeof other === 'boolean') return valueOf(this.condition({ kind: 'binary', operator, left, right, text: `${keyOf(one)} ${operator} ${keyOf(other)}` }, scope));
    return untouchedOf(truth) === (operator === 'or') ? one : operator === 'or' ? other : one;
  }

  #test({ target, name, args, negated: isNegated, text }: Extract<Expression, { kind: 'test' }>, scope: Scope): Truth {
    const key = isNegated ? text.replace(/ is not /, ' is ') : text;
    const truth = runTest(name, this.evaluate(target, scope), this.#arguments(args, scope).args, key, this.runtime);
    return isNegated ? negated(truth) : truth;
  }

  #call(callee: Expression, args: readonly Argument[], scope: Scope): JinjaValue {
    const target = this.evaluate(callee, scope);
    const given = this.#arguments(args, scope);
    return this.call(target, given.args, given.kwargs, pathOf(callee));
  }

  #arguments(args: readonly Argument[], scope: Scope): { args: JinjaValue[]; kwargs: Map<string, JinjaValue> } {
    const positional: JinjaValue[] = [];
    const kwargs = new Map<string, JinjaValue>();
    for (const { name, spread, value } of args) {
      const given = this.evaluate(value, scope);
      if (name !== null) kwargs.set(name, given);
      else if (spread === '') positional.push(given);
      else if (spread === '*' && Array.isArray(given)) positional.push(...this.runtime.list(given));
      else if (given instanceof Map) for (const [key, one] of given) kwargs.set(key, one);
    }
    return { args: positional, kwargs };
  }

  #site(): JinjaSite {
    const { runtime } = this;
    return {
      ...this.site,
      assume: (assumption) => runtime.notes.assume(assumption),
      problem: (code, message) => runtime.problem(code, message),
      macro: (name) => this.macro(name),
      call: (callee, args, kwargs) => this.call(callee, args, kwargs),
      text: (value) => runtime.text(value),
    };
  }
}

function keyOf(value: JinjaValue): string {
  return isUnknown(value) ? value.name : String(value === true);
}

/** A condition as a value: what is in doubt is an unknown boolean. */
function valueOf(truth: Truth): JinjaValue {
  if (typeof truth === 'boolean') return truth;
  return unknown(truth.isNegated ? `not ${truth.key}` : truth.key, { type: 'boolean', isTrueUntouched: untouchedOf(truth) });
}

function pathOf(expression: Expression): string {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'attribute') return `${pathOf(expression.target)}.${expression.name}`;
  return 'call';
}

/** What a macro's argument must look like to stand as SQL: names, numbers, operators, simple calls. */
const LOOKS_LIKE_SQL = /^[\w".:()*+\-/ ,'<>=\ue000-\ue00b]+$/;

/** An unknown macro as a call of a SQL function that keeps string arguments as SQL, so that the columns in them stay read. */
export function sqlFunction(path: string, args: JinjaArguments, kwargs: JinjaKeywords, textOf: (value: JinjaValue) => string): JinjaValue {
  const name = path.replace(/\W+/g, '_').slice(0, 63);
  const texts = [...args, ...kwargs.values()].flatMap((value) => argumentTexts(value, textOf));
  const sql = `${name}(${texts.map((text) => (LOOKS_LIKE_SQL.test(text) && !/^\s*\*\s*$/.test(text) && hasEvenQuotes(text) ? text : `'${text.replaceAll("'", "''")}'`)).join(', ')})`;
  return unknown(path, { sql, assumption: `the macro ${path.slice(0, 80)} is read as a function of the database` });
}

function hasEvenQuotes(text: string): boolean {
  return text.split("'").length % 2 === 1 && text.split('"').length % 2 === 1 && text.split('(').length === text.split(')').length && !text.includes('--') && !text.includes('/*');
}

function argumentTexts(value: JinjaValue, textOf: (value: JinjaValue) => string, depth = 0): string[] {
  if (Array.isArray(value)) return depth > 3 ? [] : value.slice(0, 100).flatMap((item) => argumentTexts(item, textOf, depth + 1));
  if (value === undefined || value === null || typeof value === 'boolean' || value instanceof Map) return [];
  const text = textOf(value).trim();
  return text === '' ? [] : [text];
}
