import { ScratchError, type ScratchSpace } from '../../model/scratch-engine.js';
import type { ConstantExpression, Facts } from './facts.js';
import { isNumberType } from './row-text.js';

/** Constant expressions that are worked out. */
const EXPRESSIONS_MAX = 40;

/** Lets the engine work out the constant expressions of the definitions, and adds what they give to the constants. */
export async function addConstants(facts: Facts, space: ScratchSpace): Promise<void> {
  const distinct = new Map(facts.expressions.map((expression) => [`${expression.text}|${expression.columns.join()}`, expression]));
  const expressions = [...distinct.values()].slice(0, EXPRESSIONS_MAX);
  if (expressions.length === 0) return;
  for (const [expression, value, type] of await evaluated(expressions, space)) {
    if (value === null) continue;
    const isNumber = isNumberType(type);
    facts.meet(expression.columns, { value, isNumber, meeting: 'compared', functions: expression.functions, aggregate: expression.aggregate, type });
  }
}

type Evaluated = [ConstantExpression, string | null, string];

async function evaluated(expressions: readonly ConstantExpression[], space: ScratchSpace): Promise<Evaluated[]> {
  try {
    const { columns, rows } = await space.rows(`select ${expressions.map(({ text }) => `(${text})`).join(', ')}`);
    return expressions.map((expression, index) => [expression, rows[0]?.[index] ?? null, columns[index]?.type ?? 'text']);
  } catch (error) {
    if (!(error instanceof ScratchError) || error.timedOut) throw error;
    // What the engine does not take says nothing of the values around it.
    if (expressions.length === 1) return [];
    const middle = expressions.length >> 1;
    return [...(await evaluated(expressions.slice(0, middle), space)), ...(await evaluated(expressions.slice(middle), space))];
  }
}
