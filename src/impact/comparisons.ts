import type { ReadPart } from '../graph/statement-reader.js';
import type { Case, Expression, Operation, Subquery } from '../model/syntax-tree.js';
import { expressionText } from '../sql/expression-text.js';
import { walkStatement } from '../sql/walk.js';
import type { Reader } from './readers.js';

/** A condition that asks which of some written values a column has. */
export interface ListComparison {
  /** Stored columns that the tested side may be, `schema.table.column`. */
  columns: ReadonlySet<string>;
  /** False for `<>`, NOT IN and their kin: it holds of every value that is not written. */
  positive: boolean;
  values: readonly string[];
  /** Whether upper and lower case are one. */
  folded: boolean;
  /** As the text has it, on one line. */
  text: string;
}

/** `CASE status WHEN 'OPEN' …`: what a value that no branch names becomes. */
export interface CaseComparison extends Omit<ListComparison, 'positive'> {
  /** The text of ELSE; null where there is none, and the answer is NULL. */
  otherwise: string | null;
}

/** How a column stands in a text. */
export type Standing =
  | 'shown'
  /** `count(column)`. */
  | 'counted'
  | 'arithmetic'
  | 'division'
  | 'compared'
  /** `<>`, NOT IN: NULL is lost. */
  | 'excluded'
  /** What a NOT IN looks through: with one NULL among it, it finds nothing. */
  | 'looked-through'
  | 'null-test'
  | 'truncated'
  | 'ordered'
  | 'argument';

export interface Comparisons {
  lists: ListComparison[];
  cases: CaseComparison[];
  /** By stored column: how it stands, every way that occurs. */
  standings: ReadonlyMap<string, ReadonlySet<Standing>>;
}

/** What a statement asks of columns, each reference resolved to what is stored. Conditions within views are those of the views. */
export function comparisonsOf(reader: Reader): Comparisons {
  return new ComparisonReader(reader).read();
}

const POSITIVE = new Set(['=', 'in', '= any', 'is_not_distinct']);
const NEGATIVE = new Set(['<>', '!=', 'not_in', '<> all', 'is_distinct']);
const ORDERED = new Set(['<', '<=', '>', '>=', 'between', 'not_between', 'between_symmetric', 'not_between_symmetric']);
const ARITHMETIC = new Set(['+', '-', '*', '%', '^']);
const NULL_TESTS = new Set(['is_null', 'is_not_null', 'coalesce']);
const CALENDAR = new Set(['date_trunc', 'date_part', 'extract', 'date', 'to_char', 'date_bin']);

class ComparisonReader {
  readonly #reader: Reader;
  readonly #columnsAt: Map<number, Set<string>>;
  readonly #negated = new Map<Expression, boolean>();
  readonly #standings = new Map<string, Set<Standing>>();
  readonly #lists: (ListComparison & { whole: Expression })[] = [];
  readonly #cases: CaseComparison[] = [];
  /** Conditions that a CASE as a whole tells more of. */
  readonly #covered = new Set<Expression>();

  constructor(reader: Reader) {
    this.#reader = reader;
    this.#columnsAt = columnsByPlace(reader.part);
  }

  read(): Comparisons {
    walkStatement(this.#reader.part.statement, {
      query: ({ body }) => {
        if (body.type === 'select') for (const { expression } of body.projections) this.#stands(expression, 'shown');
      },
      expression: (expression) => this.#expression(expression),
    });
    const lists = this.#lists.filter(({ whole }) => !this.#covered.has(whole)).map(({ columns, folded, positive, values, text }): ListComparison => ({ columns, folded, positive, values, text }));
    return { lists, cases: this.#cases, standings: this.#standings };
  }

  #expression(expression: Expression): void {
    switch (expression.type) {
      case 'operation':
        return this.#operation(expression);
      case 'case':
        return this.#case(expression);
      case 'cast':
        if (/^date\b/i.test(expression.target)) this.#stands(expression.operand, 'truncated');
        return;
      case 'call': {
        const name = expression.name.at(-1) ?? '';
        for (const argument of expression.arguments) this.#stands(argument, name === 'count' ? 'counted' : CALENDAR.has(name) ? 'truncated' : 'argument');
        return;
      }
      case 'subquery':
        return this.#subquery(expression);
      default:
    }
  }

  #operation(operation: Operation): void {
    const { operator, operands } = operation;
    const negated = this.#negated.get(operation) ?? false;
    if (operator === 'not') for (const operand of operands) this.#negated.set(operand, !negated);
    if (operator === 'and' || operator === 'or') for (const operand of operands) this.#negated.set(operand, negated);
    for (const operand of operands) this.#stands(operand, standingOf(operator, negated));
    if (!POSITIVE.has(operator) && !NEGATIVE.has(operator)) return;
    const [first, second] = operands;
    if (first === undefined || second === undefined) return;
    const list = literalsOf(operands.slice(1)) ?? (operands.length === 2 ? literalsOf([first]) : null);
    const tested = literalsOf([first]) === null ? first : second;
    const columns = this.#tested(tested);
    if (list === null || columns === null || list.length === 0) return;
    this.#lists.push({ ...columns, positive: POSITIVE.has(operator) !== negated, values: list, text: this.#text(operation), whole: operation });
  }

  #subquery(expression: Subquery): void {
    const { kind, operator, operand, query: { body } } = expression;
    const negated = this.#negated.get(expression) ?? false;
    const isAnti = (kind === 'in' && negated) || (kind === 'all' && !negated && NEGATIVE.has(operator ?? ''));
    if (operand !== null) this.#stands(operand, isAnti ? 'excluded' : 'compared');
    if (isAnti && body.type === 'select') for (const { expression: shown } of body.projections) this.#stands(shown, 'looked-through');
  }

  #case(expression: Case): void {
    const { operand, branches, otherwise } = expression;
    const shown = otherwise === null ? null : this.#text(otherwise);
    if (operand !== null) {
      const columns = this.#tested(operand);
      const values = literalsOf(branches.map(({ when }) => when));
      if (columns !== null && values !== null) this.#cases.push({ ...columns, values, otherwise: shown, text: this.#text(expression) });
      return;
    }
    // The branches are conditions, which by themselves tell what they miss; together they tell what falls to ELSE.
    const tests = branches.map(({ when }) => (when.type === 'operation' && POSITIVE.has(when.operator) && when.operands[0] ? { tested: this.#tested(when.operands[0]), values: literalsOf(when.operands.slice(1)) } : null));
    const [first] = tests;
    if (first == null || first.tested === null || !tests.every((test) => test !== null && test.values !== null && test.tested !== null && sameMembers(test.tested.columns, first.tested?.columns))) return;
    for (const { when } of branches) this.#covered.add(when);
    this.#cases.push({ ...first.tested, values: tests.flatMap((test) => test?.values ?? []), otherwise: shown, text: this.#text(expression) });
  }

  #stands(expression: Expression, standing: Standing): void {
    const columns = this.#tested(expression)?.columns ?? [];
    for (const column of columns) this.#standings.set(column, (this.#standings.get(column) ?? new Set()).add(standing));
  }

  #tested(expression: Expression): Pick<ListComparison, 'columns' | 'folded'> | null {
    let inner = expression;
    let folded = false;
    for (;;) {
      if (inner.type === 'cast') inner = inner.operand;
      else if (inner.type === 'call' && ['lower', 'upper', 'trim', 'btrim'].includes(inner.name.at(-1) ?? '') && inner.arguments[0]) {
        folded ||= inner.name.at(-1) === 'lower' || inner.name.at(-1) === 'upper';
        inner = inner.arguments[0];
      } else if (inner.type === 'operation' && inner.operator === 'coalesce' && inner.operands[0]) inner = inner.operands[0];
      else break;
    }
    if (inner.type !== 'column') return null;
    const columns = this.#columnsAt.get(inner.span.start);
    return columns === undefined ? null : { columns, folded };
  }

  #text(expression: Expression): string {
    const { start, end } = 'span' in expression ? expression.span : { start: 0, end: 0 };
    const own = end > start ? this.#reader.text.slice(start, end) : expressionText(expression);
    return own.replace(/\s+/g, ' ').trim();
  }
}

function standingOf(operator: string, negated: boolean): Standing {
  if (operator === '/') return 'division';
  if (ARITHMETIC.has(operator)) return 'arithmetic';
  if (NULL_TESTS.has(operator)) return 'null-test';
  if (ORDERED.has(operator)) return 'ordered';
  return NEGATIVE.has(operator) || (negated && POSITIVE.has(operator)) ? 'excluded' : 'compared';
}

/** What references at a place of the text mean in the end. */
export function columnsByPlace({ resolution }: ReadPart): Map<number, Set<string>> {
  const found = new Map<number, Set<string>>();
  const note = (start: number, column: string): void => void found.set(start, (found.get(start) ?? new Set()).add(column));
  for (const { column, span } of resolution.uses) if (span !== null) note(span.start, column);
  const slots = [...resolution.outputs, ...[...resolution.writes.values()].flat()];
  for (const { flows } of slots) for (const [column, { spans }] of flows) for (const { start } of spans) note(start, column);
  return found;
}

/** The written values of a list; null where one of them is no literal. */
function literalsOf(expressions: readonly Expression[]): string[] | null {
  const values: string[] = [];
  for (const expression of expressions) {
    const inner = expression.type === 'cast' ? expression.operand : expression;
    if (inner.type === 'literal' && inner.kind !== 'null' && inner.value !== null) values.push(inner.value);
    else if (inner.type === 'composite' && (inner.kind === 'array' || inner.kind === 'row')) {
      const nested = literalsOf(inner.elements);
      if (nested === null) return null;
      values.push(...nested);
    } else return null;
  }
  return values;
}

function sameMembers(a: ReadonlySet<string>, b: ReadonlySet<string> | undefined): boolean {
  return b !== undefined && a.size === b.size && [...a].every((member) => b.has(member));
}
