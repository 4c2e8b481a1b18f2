import { columnDefinition, columnType, indexStatement, nameOf, namesOf, sqlValue, type Options } from './rails-columns.js';
import type { RailsContext } from './rails-context.js';
import { checkName, foreignKeyName, indexName } from './rails-names.js';
import { ofDatabase } from './rails-objects.js';
import { defaultColumn, foreignKey, reference } from './rails-references.js';
import { createTable, changeTable, joinTable } from './rails-tables.js';
import type { RubyCall } from './ruby-parser.js';
import { list, quoted, quotedPart } from './sql-text.js';

/** The methods of a migration that change a table (activerecord 8.0, connection_adapters/abstract/schema_statements.rb). */
type Change = (table: string, call: RubyCall, context: RailsContext) => string[] | null;

/** The statements of one call; a call that cannot be read in full is a problem of its line. */
export function changeStatement(call: RubyCall, context: RailsContext): void {
  if (call.name === 'create_table') return createTable(call, context);
  if (call.name === 'change_table') return changeTable(call, context, changeStatement);
  if (call.name === 'create_join_table') return joinTable(call, context);
  const other = ofDatabase(call, context);
  if (other !== 'unknown') return add(other, call, context);
  const change = Object.hasOwn(CHANGES, call.name) ? CHANGES[call.name] : undefined;
  const table = nameOf(call.positional[0]);
  if (!change) return context.problem(`${call.name} is no method of a migration that is known: what it does is not known`, call.start);
  if (table === null) return context.problem(`the table of ${call.name} is worked out when it runs`, call.start);
  add(change(table, call, context), call, context);
}

function add(statements: string[] | null, call: RubyCall, context: RailsContext): void {
  if (statements === null) return context.problem(`an argument of ${call.name} is worked out when it runs, so that what it does is not known`, call.start);
  for (const sql of statements) context.add(sql, call);
}

function flag(options: Options, name: string): boolean | null {
  const value = options.get(name);
  return value?.kind === 'boolean' ? value.value : null;
}

function ifExists(options: Options): string {
  return flag(options, 'if_exists') ? 'IF EXISTS ' : '';
}

/** A method on columns, of which it is told one or several. */
function withColumn(make: (table: string, column: string, call: RubyCall, context: RailsContext) => string[] | null): Change {
  return (table, call, context) => {
    const column = nameOf(call.positional[1]);
    return column === null ? null : make(table, column, call, context);
  };
}

function addReference(table: string, call: RubyCall, context: RailsContext): string[] | null {
  const name = nameOf(call.positional[1]);
  const made = name === null ? null : reference(table, name, call.options, context);
  if (made === null) return null;
  const exists = flag(call.options, 'if_not_exists') ? 'IF NOT EXISTS ' : '';
  return [...made.definitions.map((definition) => `ALTER TABLE ${quoted(table)} ADD COLUMN ${exists}${definition}`), ...made.after];
}

function removeReference(table: string, { positional, options }: RubyCall): string[] | null {
  const name = nameOf(positional[1]);
  if (name === null) return null;
  const polymorphic = options.get('polymorphic');
  const both = polymorphic && !(polymorphic.kind === 'boolean' && !polymorphic.value) ? [`${name}_type`] : [];
  return [...both, `${name}_id`].map((column) => `ALTER TABLE ${quoted(table)} DROP COLUMN ${ifExists(options)}${quotedPart(column)}`);
}

function allNames(values: RubyCall['positional']): string[] | null {
  const names = values.map(namesOf);
  return names.every((found) => found !== null) ? names.flat() : null;
}

function addColumns(table: string, columns: readonly string[] | null, type: string | null, options: Options, context: RailsContext): string[] | null {
  if (type === null || columns === null) return null;
  const exists = flag(options, 'if_not_exists') ? 'IF NOT EXISTS ' : '';
  const definitions = columns.map((column) => columnDefinition(column, type, options, context.version));
  return definitions.every((definition) => definition !== null) ? definitions.map((definition) => `ALTER TABLE ${quoted(table)} ADD COLUMN ${exists}${definition}`) : null;
}

function removeColumns(table: string, call: RubyCall, last: boolean): string[] | null {
  // remove_column may be told the type too, for the way back.
  const names = (last ? call.positional.slice(1, 2) : call.positional.slice(1)).flatMap((value) => namesOf(value) ?? [null]);
  if (names.some((name) => name === null) || names.length === 0) return null;
  return names.map((name) => `ALTER TABLE ${quoted(table)} DROP COLUMN ${ifExists(call.options)}${quotedPart(name ?? '')}`);
}

function timestamps(table: string, options: Options, context: RailsContext): string[] | null {
  const own = new Map(options);
  if (!own.has('null')) own.set('null', { kind: 'boolean', value: false });
  return addColumns(table, ['created_at', 'updated_at'], 'datetime', own, context);
}

function changeColumn(table: string, column: string, { positional, options }: RubyCall, context: RailsContext): string[] | null {
  const type = columnType(nameOf(positional[2]) ?? '', options, context.version);
  if (type === null) return null;
  const using = nameOf(options.get('using')) ?? (nameOf(options.get('cast_as')) === null ? null : `CAST(${quotedPart(column)} AS ${type})`);
  const head = `ALTER TABLE ${quoted(table)} ALTER COLUMN ${quotedPart(column)}`;
  const statements = [`${head} TYPE ${type}${using === null ? '' : ` USING ${using}`}`];
  if (options.has('default')) {
    const value = sqlValue(options.get('default'), type);
    if (value === null) return null;
    statements.push(value === 'NULL' ? `${head} DROP DEFAULT` : `${head} SET DEFAULT ${value}`);
  }
  const nullable = flag(options, 'null');
  if (nullable !== null) statements.push(`${head} ${nullable ? 'DROP' : 'SET'} NOT NULL`);
  return statements;
}

function changeDefault(table: string, column: string, { positional, options }: RubyCall): string[] | null {
  const value = sqlValue(options.has('to') ? options.get('to') : positional[2], '');
  if (value === null) return null;
  return [`ALTER TABLE ${quoted(table)} ALTER COLUMN ${quotedPart(column)} ${value === 'NULL' ? 'DROP DEFAULT' : `SET DEFAULT ${value}`}`];
}

function changeNull(table: string, column: string, { positional }: RubyCall): string[] | null {
  const [, , nullable, value] = positional;
  if (nullable?.kind !== 'boolean') return null;
  const filled = value && value.kind !== 'nil' && !nullable.value ? sqlValue(value, '') : null;
  const head = `${quoted(table)} ALTER COLUMN ${quotedPart(column)}`;
  return [
    ...(filled === null ? [] : [`UPDATE ${quoted(table)} SET ${quotedPart(column)} = ${filled} WHERE ${quotedPart(column)} IS NULL`]),
    `ALTER TABLE ${head} ${nullable.value ? 'DROP' : 'SET'} NOT NULL`,
  ];
}

function addIndex(table: string, { positional, options }: RubyCall): string[] | null {
  const columns = namesOf(positional[1]);
  return columns === null ? null : [indexStatement(table, columns, nameOf(options.get('name')) ?? indexName(table, columns.map((column) => column.replace(/\W+/g, '_'))), options)];
}

function removeIndex(table: string, { positional, options }: RubyCall): string[] | null {
  const columns = namesOf(options.get('column') ?? positional[1]);
  const name = nameOf(options.get('name')) ?? (columns === null ? null : indexName(table, columns));
  const schema = table.includes('.') ? `${table.replace(/\.[^.]*$/, '')}.` : '';
  return name === null ? null : [`DROP INDEX ${ifExists(options)}${quoted(schema + name)}`];
}

function dropForeignKey(table: string, { positional, options }: RubyCall): string[] | null {
  const to = nameOf(positional[1]) ?? nameOf(options.get('to_table'));
  const column = nameOf(options.get('column')) ?? (to === null ? null : defaultColumn(to));
  const name = nameOf(options.get('name')) ?? (column === null ? null : foreignKeyName(table, column));
  return name === null ? null : [`ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${ifExists(options)}${quotedPart(name)}`];
}

function addCheck(table: string, { positional, options }: RubyCall): string[] | null {
  const expression = nameOf(positional[1]);
  if (expression === null) return null;
  return [`ALTER TABLE ${quoted(table)} ADD CONSTRAINT ${quotedPart(nameOf(options.get('name')) ?? checkName(table, expression))} CHECK (${expression})${flag(options, 'validate') === false ? ' NOT VALID' : ''}`];
}

function dropCheck(table: string, { positional, options }: RubyCall): string[] | null {
  const expression = nameOf(positional[1]);
  const name = nameOf(options.get('name')) ?? (expression === null ? null : checkName(table, expression));
  return name === null ? null : [`ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${ifExists(options)}${quotedPart(name)}`];
}

function validate(table: string, { name: method, positional, options }: RubyCall): string[] | null {
  const to = nameOf(positional[1]);
  const column = nameOf(options.get('column')) ?? (to === null ? null : defaultColumn(to));
  const name = nameOf(options.get('name')) ?? (method === 'validate_foreign_key' ? (column === null ? null : foreignKeyName(table, column)) : to);
  return name === null ? null : [`ALTER TABLE ${quoted(table)} VALIDATE CONSTRAINT ${quotedPart(name)}`];
}

function uniqueConstraint(table: string, { positional, options }: RubyCall): string[] | null {
  const columns = namesOf(positional[1]);
  const name = nameOf(options.get('name'));
  const index = nameOf(options.get('using_index'));
  if (columns === null && index === null) return null;
  return [`ALTER TABLE ${quoted(table)} ADD ${name === null ? '' : `CONSTRAINT ${quotedPart(name)} `}UNIQUE ${index === null ? list(columns ?? []) : `USING INDEX ${quotedPart(index)}`}`];
}

const CHANGES: Record<string, Change> = {
  add_column: (table, call, context) => addColumns(table, namesOf(call.positional[1]), nameOf(call.positional[2]), call.options, context),
  add_columns: (table, call, context) => addColumns(table, allNames(call.positional.slice(1)), nameOf(call.options.get('type')), new Map([...call.options].filter(([key]) => key !== 'type')), context),
  remove_column: (table, call) => removeColumns(table, call, true),
  remove_columns: (table, call) => removeColumns(table, call, false),
  rename_column: withColumn((table, column, { positional }) => {
    const to = nameOf(positional[2]);
    return to === null ? null : [`ALTER TABLE ${quoted(table)} RENAME COLUMN ${quotedPart(column)} TO ${quotedPart(to)}`];
  }),
  change_column: withColumn(changeColumn),
  change_column_default: withColumn(changeDefault),
  change_column_null: withColumn(changeNull),
  change_column_comment: withColumn((table, column) => [`COMMENT ON COLUMN ${quoted(table)}.${quotedPart(column)} IS ''`]),
  change_table_comment: (table) => [`COMMENT ON TABLE ${quoted(table)} IS ''`],
  add_reference: addReference,
  add_belongs_to: addReference,
  remove_reference: removeReference,
  remove_belongs_to: removeReference,
  add_timestamps: (table, { options }, context) => timestamps(table, options, context),
  remove_timestamps: (table) => ['created_at', 'updated_at'].map((column) => `ALTER TABLE ${quoted(table)} DROP COLUMN ${quotedPart(column)}`),
  add_index: addIndex,
  remove_index: removeIndex,
  rename_index: withColumn((table, from, { positional }) => {
    const to = nameOf(positional[2]);
    const schema = table.includes('.') ? `${table.replace(/\.[^.]*$/, '')}.` : '';
    return to === null ? null : [`ALTER INDEX ${quoted(schema + from)} RENAME TO ${quotedPart(to)}`];
  }),
  add_foreign_key: (table, { positional, options }) => {
    const to = nameOf(positional[1]);
    return to === null ? null : [foreignKey(table, to, options)];
  },
  remove_foreign_key: dropForeignKey,
  validate_foreign_key: validate,
  add_check_constraint: addCheck,
  remove_check_constraint: dropCheck,
  validate_check_constraint: validate,
  validate_constraint: validate,
  add_unique_constraint: uniqueConstraint,
  add_unique_key: uniqueConstraint,
  remove_unique_constraint: (table, { options }) => {
    const name = nameOf(options.get('name'));
    return name === null ? null : [`ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${quotedPart(name)}`];
  },
  rename_table: (table, { positional }) => {
    const to = nameOf(positional[1]);
    return to === null ? null : [`ALTER TABLE ${quoted(table)} RENAME TO ${quotedPart(to.replace(/^.*\./, ''))}`];
  },
  drop_table: (table, { positional, options }) => {
    const names = positional.map(nameOf);
    const cascade = nameOf(options.get('force')) === 'cascade' ? ' CASCADE' : '';
    return names.every((name) => name !== null) ? names.map((name) => `DROP TABLE ${ifExists(options)}${quoted(name)}${cascade}`) : [`DROP TABLE ${quoted(table)}`];
  },
};
