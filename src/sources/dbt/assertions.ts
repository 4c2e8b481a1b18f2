import type { AssertedConstraint } from '../../model/asserted-constraint.js';
import { quote } from '../../template/placeholder.js';
import { isObject } from '../common/json.js';
import { readReference } from '../metricflow/relation.js';
import type { RecordContext } from './context.js';
import { mergeConfigs } from './merge.js';
import type { DbtRelation, GenericTest } from './model.js';
import type { DbtConfig } from './shapes.js';

/** Values of one list, at most. */
const VALUES_MAX = 1_000;

type Stated = Pick<AssertedConstraint, 'kind' | 'columns'> & Partial<Pick<AssertedConstraint, 'expression' | 'references'>>;

/**
 * What holds of every row while a generic test of dbt passes (the macros of dbt-adapters 1.x, dbt_utils 1.x and
 * dbt_expectations 0.10). A test that looks at some rows only, allows failures, or only warns asserts nothing.
 */
export function testAsserts(test: GenericTest, defaults: DbtConfig, context: RecordContext): AssertedConstraint[] {
  const config = mergeConfigs(defaults, test.config);
  const isLax = config.severity?.toLowerCase() === 'warn' || [config.error_if, config.warn_if, config.fail_calc, config.limit].some((value) => value !== null && value !== undefined && value !== '');
  const { args } = test;
  if (isLax || test.where !== null || config.enabled === false || typeof args['row_condition'] === 'string') return [];
  const stated = statedBy(test.macro.replace(/^dbt\./, ''), columnName(test.column), args, context);
  const by = `dbt test ${test.title ?? `${test.macro} of ${test.subject}${test.column === null ? '' : `.${test.column}`}`}`.slice(0, 300);
  return stated === null ? [] : test.references.flatMap((reference) => asserted(context.relations.read(reference), stated, by));
}

/** A bare name; null for what is no column but an expression. */
function columnName(written: string | null): string | null {
  const text = written?.trim() ?? '';
  if (/^[A-Za-z_][\w$]*$/.test(text)) return text;
  return /^"(?:[^"]|"")+"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : null;
}

function statedBy(macro: string, column: string | null, args: Record<string, unknown>, context: RecordContext): Stated | null {
  const own = column === null ? [] : [column];
  switch (macro) {
    case 'not_null':
    case 'dbt_expectations.expect_column_values_to_not_be_null':
      return { kind: 'not_null', columns: own };
    case 'unique':
    case 'dbt_expectations.expect_column_values_to_be_unique':
      return { kind: 'unique', columns: own };
    case 'accepted_values':
      return column === null ? null : inList(column, args['values'], args['quote'] !== false);
    case 'dbt_expectations.expect_column_values_to_be_in_set':
      return column === null ? null : inList(column, args['value_set'], args['quote_values'] !== false);
    case 'relationships':
      return relationship(own, args, context);
    case 'dbt_utils.unique_combination_of_columns':
      return { kind: 'unique', columns: names(args['combination_of_columns']) };
    case 'dbt_expectations.expect_compound_columns_to_be_unique':
      return { kind: 'unique', columns: names(args['column_list']) };
    case 'dbt_utils.accepted_range':
    case 'dbt_expectations.expect_column_values_to_be_between':
      return column === null ? null : between(column, args, args['inclusive'] === false || args['strictly'] === true);
    case 'dbt_utils.expression_is_true': {
      const { expression } = args;
      if (typeof expression !== 'string' || expression.includes('{{') || expression.trim() === '') return null;
      return { kind: 'check', columns: own, expression: column === null ? expression.trim() : `${quoted(column)} ${expression.trim()}` };
    }
    default:
      return null;
  }
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, VALUES_MAX).flatMap((item: unknown) => (typeof item === 'string' ? (columnName(item) ?? []) : [])) : [];
}

function quoted(column: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`;
}

function inList(column: string, values: unknown, isText: boolean): Stated | null {
  const list = Array.isArray(values) ? values.slice(0, VALUES_MAX) : [];
  const plain = list.flatMap((value: unknown) => (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : []));
  if (plain.length === 0 || plain.length < list.length || plain.some((value) => value.includes('{{'))) return null;
  const literals = plain.map((value) => (isText ? quote(value) : value));
  if (!isText && literals.some((literal) => !/^(?:-?\d+(?:\.\d+)?|true|false|'[^']*')$/i.test(literal))) return null;
  return { kind: 'check', columns: [column], expression: `${quoted(column)} IN (${literals.join(', ')})` };
}

function between(column: string, args: Record<string, unknown>, isStrict: boolean): Stated | null {
  const bound = (key: string, operator: string): string[] => {
    const value = args[key];
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
    return /^-?\d+(?:\.\d+)?$/.test(text) ? [`${quoted(column)} ${operator}${isStrict ? '' : '='} ${text}`] : [];
  };
  const stated = ['min_value', 'max_value'].filter((key) => args[key] !== undefined && args[key] !== null);
  const bounds = [...bound('min_value', '>'), ...bound('max_value', '<')];
  return bounds.length === 0 || bounds.length < stated.length ? null : { kind: 'check', columns: [column], expression: bounds.join(' AND ') };
}

function relationship(columns: string[], args: Record<string, unknown>, context: RecordContext): Stated | null {
  const { to, field } = args;
  const reference = typeof to === 'string' ? readReference(to) : null;
  const parent = typeof field === 'string' ? columnName(field) : null;
  if (reference === null || parent === null) return null;
  const { schema, identifier } = context.relations.resolve(reference);
  return { kind: 'foreign_key', columns, references: { schema, relation: identifier, columns: [parent] } };
}

function asserted(relation: DbtRelation | null, { kind, columns, expression = null, references = null }: Stated, by: string): AssertedConstraint[] {
  if (relation === null || (columns.length === 0 && kind !== 'check')) return [];
  return [{ kind, schema: relation.schema, relation: relation.identifier, columns, expression, references, by }];
}

/** What `constraints:` of a model and of its columns say (dbt 1.5 and later): databases enforce some of them, others none. */
export function constraintAsserts(model: Record<string, unknown>, relation: DbtRelation, context: RecordContext): AssertedConstraint[] {
  const columns = Array.isArray(model['columns']) ? model['columns'] : Object.values(isObject(model['columns']) ? model['columns'] : {});
  const ofColumns = columns.slice(0, VALUES_MAX).flatMap((column: unknown) => {
    const name = isObject(column) && typeof column['name'] === 'string' ? column['name'] : null;
    return isObject(column) && name !== null ? constraintsIn(column, [name], relation, context) : [];
  });
  return [...constraintsIn(model, [], relation, context), ...ofColumns];
}

const KINDS: ReadonlyMap<string, AssertedConstraint['kind']> = new Map([
  ['not_null', 'not_null'], ['unique', 'unique'], ['primary_key', 'primary_key'], ['foreign_key', 'foreign_key'], ['check', 'check'],
]);

function constraintsIn(owner: Record<string, unknown>, own: string[], relation: DbtRelation, context: RecordContext): AssertedConstraint[] {
  const list = Array.isArray(owner['constraints']) ? owner['constraints'] : [];
  return list.slice(0, VALUES_MAX).flatMap((item: unknown) => {
    const kind = isObject(item) && typeof item['type'] === 'string' ? KINDS.get(item['type'].toLowerCase()) : undefined;
    if (!isObject(item) || kind === undefined) return [];
    const columns = own.length > 0 ? own : names(item['columns']);
    const expression = typeof item['expression'] === 'string' ? item['expression'].trim() : '';
    const by = `dbt constraint ${typeof item['name'] === 'string' && item['name'] !== '' ? item['name'] : `${kind.replace('_', ' ')} of ${relation.identifier}${columns.length === 0 ? '' : `.${columns.join(', ')}`}`}`.slice(0, 300);
    if (kind === 'check') return expression === '' ? [] : asserted(relation, { kind, columns, expression }, by);
    if (kind !== 'foreign_key') return asserted(relation, { kind, columns }, by);
    const reference = typeof item['to'] === 'string' ? readReference(item['to']) : null;
    const parents = names(item['to_columns']);
    if (reference === null || parents.length !== columns.length) return [];
    const { schema, identifier } = context.relations.resolve(reference);
    return asserted(relation, { kind, columns, references: { schema, relation: identifier, columns: parents } }, by);
  });
}
