import { quote, SAMPLE_DATE, SAMPLE_DATE_AFTER, type ValueType } from './placeholder.js';

/**
 * The predicate that Metabase writes for a field filter with a value, by the widget of its tag
 * (`driver/sql/parameters/substitution.clj`, v0.57): ranges for dates, comparisons in parentheses for operators, equality
 * for the rest. Stored values are used where they are plain; relative dates become a sample range.
 */
export function fieldFilterPredicate(column: string, type: ValueType, widget: string, defaults: readonly string[]): string {
  const [family, operator] = widget.split('/');
  if (family === 'date' || type === 'date' || type === 'timestamp') return datePredicate(column, type, widget);
  const isNumber = family === 'number' || type === 'number';
  const plain = isNumber ? defaults.filter((value) => /^-?\d+(\.\d+)?$/.test(value)) : defaults;
  const values = plain.length > 0 ? plain.map((value) => (isNumber ? value : quote(value))) : [isNumber ? '1' : "'x'"];
  switch (operator) {
    case '=':
      return either(values.map((value) => `${column} = ${value}`));
    case '!=':
      return `(${values.map((value) => `((${column} <> ${value}) OR (${column} IS NULL))`).join(' AND ')})`;
    case 'contains':
      return either(values.map((value) => `${column} LIKE ${pattern('%', value, '%')}`));
    case 'does-not-contain':
      return `(NOT (${column} LIKE ${pattern('%', values[0], '%')}) OR (${column} IS NULL))`;
    case 'starts-with':
      return either(values.map((value) => `${column} LIKE ${pattern('', value, '%')}`));
    case 'ends-with':
      return either(values.map((value) => `${column} LIKE ${pattern('%', value, '')}`));
    case 'between':
      return `(${column} BETWEEN ${values[0]} AND ${values[1] ?? values[0]})`;
    case '>=':
    case '<=':
      return `(${column} ${operator} ${values[0]})`;
    default:
      return values.length > 1 ? `${column} IN (${values.join(', ')})` : `${column} = ${values[0]}`;
  }
}

function datePredicate(column: string, type: ValueType, widget: string): string {
  if (type === 'date') {
    if (widget === 'date/single') return `${column} = DATE '${SAMPLE_DATE}'`;
    return `${column} BETWEEN DATE '${SAMPLE_DATE}' AND DATE '${SAMPLE_DATE_AFTER}'`;
  }
  return `${column} >= TIMESTAMP '${SAMPLE_DATE} 00:00:00' AND ${column} < TIMESTAMP '${SAMPLE_DATE_AFTER} 00:00:00'`;
}

function either(comparisons: readonly string[]): string {
  return comparisons.length === 1 ? `(${comparisons[0]})` : `(${comparisons.map((one) => `(${one})`).join(' OR ')})`;
}

function pattern(before: string, literal: string | undefined, after: string): string {
  return quote(`${before}${(literal ?? "'x'").slice(1, -1).replaceAll("''", "'")}${after}`);
}
