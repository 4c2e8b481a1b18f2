import { neutraliseJinja, callable, type JinjaEnvironment, type JinjaValue } from '../../template/jinja.js';
import { quote } from '../../template/placeholder.js';
import type { Notes } from '../../template/result.js';
import { readReference } from '../metricflow/relation.js';
import type { RecordContext } from './context.js';
import { relationObject, valueOf } from './environment.js';
import type { DbtRelation, GenericTest } from './model.js';
import { mergeConfigs } from './merge.js';
import type { DbtConfig } from './shapes.js';

/** Values of one test, at most. */
const VALUES_MAX = 10_000;

/** What stands around the rows that a test finds: the statement that dbt sends (`default__get_test_sql` of dbt-adapters 1.x). */
export interface TestFrame {
  before: string;
  after: string;
}

/** Null for a test whose failures are kept: its rows are written into a table, as they are. */
export function testFrame(config: DbtConfig, defaults: DbtConfig): TestFrame | null {
  const { fail_calc: count, warn_if: warn, error_if: error, limit, store_failures: isStored } = mergeConfigs(defaults, config);
  if (isStored === true) return null;
  const failures = count || 'count(*)';
  const before = `select\n  ${failures} as failures,\n  ${failures} ${warn || '!= 0'} as should_warn,\n  ${failures} ${error || '!= 0'} as should_error\nfrom (\n`;
  return { before, after: `${limit ? `\nlimit ${limit}` : ''}\n) dbt_internal_test` };
}

/** What the macro of a test gets. */
interface Subject {
  /** The relation, or with a condition a subquery over it (`get_where_subquery`). */
  model: string;
  relation: DbtRelation;
  column: string;
  args: Record<string, unknown>;
  /** True where whole rows are kept. */
  storesFailures: boolean;
  /** The text of an argument, with templates within it rendered. */
  sql(name: string): string;
  list(name: string): string[];
}

type Rule = (subject: Subject) => string | null;

/**
 * The rows that a test finds, by the macros of dbt (`default__test_not_null`, `…_unique`, `…_accepted_values`,
 * `…_relationships` of dbt-adapters 1.x) and, for projects whose packages are not among the files, of dbt_utils 1.x.
 */
const RULES: Readonly<Record<string, Rule>> = {
  not_null: ({ model, column, storesFailures }) => `select ${storesFailures ? '*' : column}\nfrom ${model}\nwhere ${column} is null`,
  unique: ({ model, column }) =>
    `select\n    ${column} as unique_field,\n    count(*) as n_records\nfrom ${model}\nwhere ${column} is not null\ngroup by ${column}\nhaving count(*) > 1`,
  accepted_values: ({ model, column, args, list }) => {
    const values = list('values').map((value) => (args['quote'] === false ? value : literalOf(value)));
    if (values.length === 0) return null;
    return `with all_values as (\n    select\n        ${column} as value_field,\n        count(*) as n_records\n    from ${model}\n    group by ${column}\n)\nselect *\nfrom all_values\nwhere value_field not in (\n    ${values.join(',')}\n)`;
  },
  relationships: ({ model, column, sql }) => {
    const [to, field] = [sql('to'), sql('field')];
    if (to === '' || field === '') return null;
    return `with child as (\n    select ${column} as from_field\n    from ${model}\n    where ${column} is not null\n),\nparent as (\n    select ${field} as to_field\n    from ${to}\n)\nselect\n    from_field\nfrom child\nleft join parent\n    on child.from_field = parent.to_field\nwhere parent.to_field is null`;
  },
  'dbt_utils.unique_combination_of_columns': ({ model, list }) => {
    const columns = list('combination_of_columns').join(', ');
    return columns === '' ? null : `with validation_errors as (\n    select\n        ${columns}\n    from ${model}\n    group by ${columns}\n    having count(*) > 1\n)\nselect *\nfrom validation_errors`;
  },
  'dbt_utils.expression_is_true': ({ model, column, storesFailures, sql }) => (sql('expression') === '' ? null : `select\n    ${storesFailures ? '*' : '1'}\nfrom ${model}\nwhere not(${column === '' ? '' : `${column} `}${sql('expression')})`),
  'dbt_utils.accepted_range': ({ model, column, args, sql }) => {
    const equal = args['inclusive'] === false ? '' : '=';
    const bounds = [...(sql('min_value') === '' ? [] : [`\n    or not ${column} >${equal} ${sql('min_value')}`]), ...(sql('max_value') === '' ? [] : [`\n    or not ${column} <${equal} ${sql('max_value')}`])];
    return bounds.length === 0 ? null : `with meet_condition as (\n  select *\n  from ${model}\n),\nvalidation_errors as (\n  select *\n  from meet_condition\n  where\n    1 = 2${bounds.join('')}\n)\nselect *\nfrom validation_errors`;
  },
};

/** dbt pastes values as they are: a quote within is doubled by whoever wrote it. */
function literalOf(value: string): string {
  return value.replaceAll("''", '').includes("'") ? quote(value) : `'${value}'`;
}

const NEEDS_COLUMN = new Set(['not_null', 'unique', 'accepted_values', 'relationships', 'dbt_utils.accepted_range']);

/** The rows that a test finds in one relation, as SQL; null with a problem noted. */
export function testSql(test: GenericTest, relation: DbtRelation, defaults: DbtConfig, context: RecordContext, notes: Notes): string | null {
  const subject = { ...subjectOf(test, relation, context, notes), storesFailures: (test.config.store_failures ?? defaults.store_failures) === true };
  const macro = test.macro.replace(/^dbt\./, '');
  const own = macroOf(macro, context);
  if (own !== null) return byMacro(own, subject, context, notes);
  const rule = Object.hasOwn(RULES, macro) ? RULES[macro] : undefined;
  if (rule === undefined) {
    notes.problem('missing-reference', `the macro of the test ${macro.slice(0, 120)} is not in these files: run "dbt deps" first, or read the manifest of "dbt compile"`);
    return null;
  }
  const sql = NEEDS_COLUMN.has(macro) && subject.column === '' ? null : rule(subject);
  if (sql === null) notes.problem('unreadable', `the test ${macro} lacks an argument that its macro needs`);
  return sql;
}

/** The project may have a macro of its own for each test of dbt. */
function macroOf(macro: string, { environment }: RecordContext): string | null {
  const dot = macro.lastIndexOf('.');
  const name = `${macro.slice(0, dot + 1)}test_${macro.slice(dot + 1)}`;
  return environment.scope.macros.has(name) ? name : null;
}

function subjectOf({ column, args, where }: GenericTest, relation: DbtRelation, context: RecordContext, notes: Notes): Omit<Subject, 'storesFailures'> {
  const condition = where === null ? '' : rendered(where.raw, context, notes);
  const behind = condition.includes('--') ? '\n' : '';
  const sql = (name: string): string => textOf(args[name], context, notes);
  return {
    model: condition === '' ? relation.sql : `(select * from ${relation.sql} where ${condition}${behind}) dbt_subquery`,
    relation,
    column: column === null ? '' : rendered(column, context, notes),
    args,
    sql,
    list: (name) => {
      const value = args[name];
      return Array.isArray(value) ? value.slice(0, VALUES_MAX).map((item: unknown) => textOf(item, context, notes)) : [];
    },
  };
}

function textOf(value: unknown, context: RecordContext, notes: Notes): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return '';
  const reference = readReference(value);
  return reference === null ? rendered(value, context, notes) : context.relations.resolve(reference).sql;
}

function rendered(text: string, { environment }: RecordContext, notes: Notes): string {
  if (!/\{[{%#]/.test(text)) return text.trim();
  const { variants, problems } = neutraliseJinja(text, environment.of(null), { branches: false });
  for (const { code, message } of problems) notes.problem(code, message);
  for (const assumption of variants[0]?.assumptions ?? []) notes.assume(assumption);
  return variants[0]?.sql.trim() ?? '';
}

/** A generic test of the project or a package: its macro with the arguments that the test gives it. */
function byMacro(name: string, { model, relation, column, args }: Subject, context: RecordContext, notes: Notes): string | null {
  const base = context.environment.of(null);
  const globals = new Map(base.globals);
  const kwargs = new Map<string, JinjaValue>([['model', relationObject({ ...relation, sql: model })], ...(column === '' ? [] : [['column_name', column] as const])]);
  for (const [key, value] of Object.entries(args).slice(0, VALUES_MAX)) kwargs.set(key, argument(value, key, context, notes));
  globals.set('tested', callable('tested', (_args, _kwargs, site) => site.call(site.macro(name), [], kwargs)));
  const environment: JinjaEnvironment = { ...base, globals };
  const { variants, problems } = neutraliseJinja('{{ tested() }}', environment, { branches: false });
  for (const { code, message } of problems) notes.problem(code, message);
  const [first] = variants;
  for (const assumption of first?.assumptions ?? []) notes.assume(assumption);
  const sql = first?.sql.trim() ?? '';
  if (sql === '' && problems.length === 0) notes.problem('unreadable', `the macro ${name.slice(0, 120)} writes no SQL`);
  return sql === '' ? null : sql;
}

function argument(value: unknown, name: string, context: RecordContext, notes: Notes): JinjaValue {
  if (typeof value !== 'string') return valueOf(value, name, 0);
  const reference = readReference(value);
  return reference === null ? rendered(value, context, notes) : relationObject(context.relations.resolve(reference));
}
