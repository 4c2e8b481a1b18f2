import { Environment, EvaluationError, ParseError, serialize, type ASTNode } from '@marcbachmann/cel-js';
import type { Field, GroupSchema } from '../facts/schema.js';
import { checkLanguage, children, describe, describeSyntax, typeWord } from './cel-language.js';
import type { Facts } from './facts.js';
import { like } from '../text/glob.js';

/*
 * The one place that knows the CEL library. Predicates have three values: a number that is not known (NaN) raises
 * `UnknownFact` when it is read, and CEL itself does the rest: an error makes every operator around it an error, except
 * that `false && error` is false and `true || error` is true, in either order (CEL specification, "Logical Operators";
 * the same for `all` and `exists`). That is Kleene's logic with the error as its third value, so a predicate is true
 * only if it stays true whatever the unknown numbers are; `!`, `!=` and `? :` included. The language that
 * `checkLanguage` lets through has no arithmetic and no conversions, so no NaN can come up inside it.
 */

/** A predicate that is not CEL, not of this language or not of these facts. Offsets are UTF-16 units of its source. */
export class PredicateError extends Error {
  override readonly name = 'PredicateError';
  readonly start: number;
  readonly end: number;

  constructor(message: string, start: number, end: number, options?: ErrorOptions) {
    super(message, options);
    this.start = start;
    this.end = end;
  }
}

/** Why a predicate could not be decided: a number that it needed and that is not known, as `group.field`. */
export class UnknownFact extends Error {
  override readonly name = 'UnknownFact';
  readonly path: string;

  constructor(path: string) {
    super(`${path} is not known`);
    this.path = path;
  }
}

export interface Predicate {
  source: string;
  /** The facts that it reads, as `group.field`, sorted. */
  paths: readonly string[];
  /** Undecided where it depends on a number that is not known. Throws EvaluationError where facts are not as declared. */
  evaluate(facts: Facts): boolean | UnknownFact;
  /** The conditions that are joined by `&&`, each decided by itself, for explaining an outcome. */
  explain(facts: Facts): Condition[];
}

export interface Condition {
  source: string;
  outcome: boolean | UnknownFact;
  paths: readonly string[];
}

/** Room for any sensible rule; a rule of a pull request must not keep the checker busy. */
const limits = { maxAstNodes: 500, maxDepth: 50, maxListElements: 100, maxMapEntries: 0, maxCallArguments: 4 };
const sourceLengthMax = 4000;

/** Compiles predicates over the given groups of facts; one for each subject, since an environment takes time to set up. */
export function predicateLanguage(groups: Record<string, GroupSchema>): (source: string) => Predicate {
  const environment = new Environment({ limits });
  const readers = new Map<string, ReturnType<typeof groupReader>>();
  for (const [group, schema] of Object.entries(groups)) {
    const reader = groupReader(group, schema);
    const fields = Object.fromEntries(Object.entries(schema).map(([name, field]) => [name, celTypes[field.type]]));
    environment.registerType(`facts.${group}`, { ctor: reader.constructor, fields });
    environment.registerVariable(group, `facts.${group}`);
    readers.set(group, reader);
  }
  environment.registerFunction('like(string, string): bool', like, { async: false });

  return (source) => {
    const parsed = parse(environment, groups, source);
    const paths = [...pathsOf(parsed.ast)].sort();
    const used = [...readers].filter(([group]) => paths.some((path) => path.startsWith(`${group}.`)));
    const evaluate = evaluator(parsed, used);
    return {
      source,
      paths,
      evaluate,
      explain: (facts) =>
        conjuncts(parsed.ast).map((node) => {
          const text = serialize(node);
          const part = parse(environment, groups, text);
          return { source: text, outcome: evaluator(part, used)(facts), paths: [...pathsOf(node)].sort() };
        }),
    };
  };
}

const celTypes: Record<Field['type'], string> = { string: 'string', bool: 'bool', number: 'double', list: 'list<string>' };

type Parsed = ReturnType<Environment['parse']>;
type Group = Facts[string];

function parse(environment: Environment, groups: Record<string, GroupSchema>, source: string): Parsed {
  if (source.length > sourceLengthMax) {
    throw new PredicateError(`a predicate has at most ${sourceLengthMax} characters`, 0, 1);
  }
  let parsed: Parsed;
  try {
    parsed = environment.parse(source);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw syntaxError(error, source);
  }
  const refusal = checkLanguage(parsed.ast, groups);
  if (refusal !== null) throw new PredicateError(refusal.message, refusal.start, refusal.end);
  const { valid, type, error } = parsed.check();
  if (!valid) {
    const range = error?.range ?? parsed.ast.range;
    const node = nodeAt(parsed.ast, range);
    const operand = node === null ? null : wrongOperand(environment, node);
    if (operand !== null) throw operand;
    throw new PredicateError(describe(error?.code ?? '', error?.summary ?? '', node), range.start, range.end, { cause: error });
  }
  if (type !== 'bool') {
    throw new PredicateError(`must be true or false, and this is a ${typeWord(type)}`, parsed.ast.start, parsed.ast.end);
  }
  return parsed;
}

/** The side of `&&` or `||` that is no condition: the library points at both sides. */
function wrongOperand(environment: Environment, node: ASTNode): PredicateError | null {
  if (node.op !== '&&' && node.op !== '||') return null;
  for (const operand of children(node)) {
    const { type } = environment.check(serialize(operand));
    if (type === undefined || type === 'bool') continue;
    return new PredicateError(`'${node.op}' joins conditions, and this is a ${typeWord(type)}`, operand.start, operand.end);
  }
  return null;
}

function syntaxError(error: ParseError, source: string): PredicateError {
  const range = error.range ?? { start: 0, end: source.length };
  const message = describeSyntax(error.code, error.summary, source.slice(range.start, range.end), limits);
  return new PredicateError(message, range.start, Math.max(range.end, range.start + 1), { cause: error });
}

function evaluator(parsed: Parsed, readers: readonly (readonly [string, ReturnType<typeof groupReader>])[]) {
  return (facts: Facts): boolean | UnknownFact => {
    const context: Record<string, object> = {};
    for (const [group, reader] of readers) {
      const values = facts[group];
      if (values === undefined) throw new EvaluationError(`the facts have no group ${group}`);
      context[group] = reader.wrap(values);
    }
    try {
      return parsed(context) === true;
    } catch (error) {
      if (error instanceof UnknownFact) return error;
      throw error;
    }
  };
}

/** Gives CEL an object whose fields are the facts of one group, and that raises `UnknownFact` for an unknown number. */
function groupReader(group: string, schema: GroupSchema) {
  const values = Symbol(group);
  class Reader {
    readonly [values]: Group;
    constructor(group: Group) {
      this[values] = group;
    }
  }
  for (const field of Object.keys(schema)) {
    // Made once: raising it costs no stack trace, and it is raised for every statement without statistics.
    const unknown = new UnknownFact(`${group}.${field}`);
    Object.defineProperty(Reader.prototype, field, {
      get(this: Reader) {
        const value = this[values][field];
        if (typeof value === 'number' && Number.isNaN(value)) throw unknown;
        return value;
      },
    });
  }
  const wrapped = new WeakMap<Group, Reader>();
  return {
    constructor: Reader,
    wrap(facts: Group): object {
      const known = wrapped.get(facts);
      if (known !== undefined) return known;
      const reader = new Reader(facts);
      wrapped.set(facts, reader);
      return reader;
    },
  };
}

function nodeAt(node: ASTNode, range: { start: number; end: number }): ASTNode | null {
  if (node.start === range.start && node.end === range.end) return node;
  for (const child of children(node)) {
    const found = nodeAt(child, range);
    if (found !== null) return found;
  }
  return null;
}

function conjuncts(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node];
}

/** Names of lists' elements cannot be taken for groups: they are texts, and texts have no fields. */
function pathsOf(node: ASTNode): Set<string> {
  if (node.op === '.' && node.args[0].op === 'id') return new Set([`${node.args[0].args}.${node.args[1]}`]);
  return new Set(children(node).flatMap((child) => [...pathsOf(child)]));
}
