import { foreignKey, reference } from './rails-references.js';
import { columnDefinition, indexStatement, nameOf, namesOf, type Options } from './rails-columns.js';
import type { RailsContext } from './rails-context.js';
import { checkName, indexName, plural } from './rails-names.js';
import type { RubyCall, RubyStatement, RubyValue } from './ruby-parser.js';
import { list, quoted, quotedPart } from './sql-text.js';

/** Tables that are made or changed in a block (activerecord 8.0, connection_adapters/abstract/schema_definitions.rb). */

interface Making {
  table: string;
  definitions: string[];
  after: string[];
}

export function createTable(call: RubyCall, context: RailsContext): void {
  const table = nameOf(call.positional[0]);
  if (table === null) return context.problem('the name of the table is worked out when it runs', call.start);
  const { options } = call;
  const making: Making = { table, definitions: primaryKey(options, context), after: [] };
  for (const statement of call.block ?? []) define(statement, making, context);
  const is = (name: string): boolean => {
    const value = options.get(name);
    return value?.kind === 'boolean' && value.value;
  };
  const force = options.get('force');
  if (force && !(force.kind === 'boolean' && !force.value)) context.add(`DROP TABLE IF EXISTS ${quoted(table)}${nameOf(force) === 'cascade' ? ' CASCADE' : ''}`, call);
  const as = nameOf(options.get('as'));
  const composite = namesOf(options.get('primary_key'));
  if (composite && composite.length > 1) making.definitions.push(`PRIMARY KEY ${list(composite)}`);
  const head = `CREATE ${is('temporary') ? 'TEMPORARY ' : is('unlogged') ? 'UNLOGGED ' : ''}TABLE ${is('if_not_exists') ? 'IF NOT EXISTS ' : ''}${quoted(table)}`;
  const shown = `create_table :${table}`;
  if (as !== null) context.add(`${head} AS ${as}`, call, shown);
  else context.add(`${head} (${making.definitions.join(', ')}) ${nameOf(options.get('options')) ?? ''}`.trim(), call, shown);
  for (const sql of making.after) context.add(sql, call, shown);
}

/** `id` as a big integer from Rails 5.1 on; a UUID, another name, or none where the options say so. */
function primaryKey(options: Options, { version: [major, minor] }: RailsContext): string[] {
  const id = options.get('id');
  if (options.get('as') || (id?.kind === 'boolean' && !id.value)) return [];
  const named = options.get('primary_key');
  if (named?.kind === 'list') return [];
  const name = nameOf(named) ?? 'id';
  const details: Options = id?.kind === 'hash' ? id.entries : new Map();
  const type = nameOf(id) ?? nameOf(details.get('type'));
  const isBig = major > 5 || (major === 5 && minor >= 1);
  if (type === null || type === 'primary_key') return [`${quotedPart(name)} ${isBig ? 'bigserial' : 'serial'} PRIMARY KEY`];
  if (type === 'uuid') {
    const value = options.get('default') ?? details.get('default');
    const written = value?.kind === 'lambda' ? value.text : value?.kind === 'nil' ? null : (nameOf(value) ?? 'gen_random_uuid()');
    return [`${quotedPart(name)} uuid ${written === null ? '' : `DEFAULT ${written} `}PRIMARY KEY`];
  }
  const serial = type === 'bigint' ? 'bigserial' : type === 'integer' ? 'serial' : null;
  return [`${quotedPart(name)} ${serial ?? (type === 'string' ? 'character varying' : type)} PRIMARY KEY`];
}

/** One line in the block of create_table. */
function define(statement: RubyStatement, making: Making, context: RailsContext): void {
  if (statement.kind !== 'call' || statement.receiver === '') {
    return context.problem('Ruby within create_table decides when it runs which columns there are', statement.start);
  }
  if (statement.condition !== null) context.problem(`is there only ${statement.condition}`, statement.start);
  if (!defined(statement, making, context)) context.problem(`${statement.receiver}.${statement.name} cannot be read: a part is worked out when it runs, or it is no method that is known`, statement.start);
}

function defined(call: RubyCall, making: Making, context: RailsContext): boolean {
  const { name, positional, options } = call;
  const { table, definitions, after } = making;
  switch (name) {
    case 'references':
    case 'belongs_to':
      return positional.every((value) => addReference(nameOf(value), options, making, context));
    case 'timestamps': {
      const own = new Map<string, RubyValue>([['null', { kind: 'boolean', value: false }], ...options]);
      return ['created_at', 'updated_at'].every((column) => push(definitions, columnDefinition(column, nameOf(options.get('type')) ?? 'datetime', own, context.version)));
    }
    case 'index': {
      const columns = namesOf(positional[0]);
      if (columns === null) return false;
      after.push(indexStatement(table, columns, nameOf(options.get('name')) ?? indexName(table, columns.map((column) => column.replace(/\W+/g, '_'))), options));
      return true;
    }
    case 'foreign_key': {
      const to = nameOf(positional[0]);
      if (to === null) return false;
      after.push(foreignKey(table, to, options));
      return true;
    }
    case 'check_constraint': {
      const expression = nameOf(positional[0]);
      return push(definitions, expression === null ? null : `CONSTRAINT ${quotedPart(nameOf(options.get('name')) ?? checkName(table, expression))} CHECK (${expression})`);
    }
    case 'unique_constraint': {
      const columns = namesOf(positional[0]);
      const key = nameOf(options.get('name'));
      return push(definitions, columns === null ? null : `${key === null ? '' : `CONSTRAINT ${quotedPart(key)} `}UNIQUE ${list(columns)}`);
    }
    case 'column':
      return addColumn(nameOf(positional[0]), nameOf(positional[1]), options, making, context);
    default:
      return positional.length > 0 && positional.every((value) => addColumn(nameOf(value), name, options, making, context));
  }
}

function push(into: string[], definition: string | null): boolean {
  if (definition !== null) into.push(definition);
  return definition !== null;
}

function addColumn(name: string | null, type: string | null, options: Options, { table, definitions, after }: Making, context: RailsContext): boolean {
  if (name === null || type === null || !push(definitions, columnDefinition(name, type, options, context.version))) return false;
  const index = options.get('index');
  if (index && !(index.kind === 'boolean' && !index.value)) {
    const own: Options = index.kind === 'hash' ? index.entries : new Map();
    after.push(indexStatement(table, [name], nameOf(own.get('name')) ?? indexName(table, [name]), own));
  }
  return true;
}

function addReference(name: string | null, options: Options, { table, definitions, after }: Making, context: RailsContext): boolean {
  const made = name === null ? null : reference(table, name, options, context);
  if (made === null) return false;
  definitions.push(...made.definitions);
  after.push(...made.after);
  return true;
}

/** What a method of the block of change_table is called outside of it. */
const OUTSIDE: Record<string, string> = {
  remove: 'remove_columns', rename: 'rename_column', change: 'change_column', change_default: 'change_column_default', change_null: 'change_column_null', index: 'add_index', remove_index: 'remove_index',
  rename_index: 'rename_index', references: 'add_reference', belongs_to: 'add_reference', remove_references: 'remove_reference', remove_belongs_to: 'remove_reference', timestamps: 'add_timestamps', remove_timestamps: 'remove_timestamps',
  foreign_key: 'add_foreign_key', remove_foreign_key: 'remove_foreign_key', check_constraint: 'add_check_constraint', remove_check_constraint: 'remove_check_constraint', column: 'add_column', unique_constraint: 'add_unique_constraint',
};

/** Each line of the block as the method of its own that it stands for. */
export function changeTable(call: RubyCall, context: RailsContext, change: (call: RubyCall, context: RailsContext) => void): void {
  const [table] = call.positional;
  if (nameOf(table) === null || !table) return context.problem('the name of the table is worked out when it runs', call.start);
  for (const line of call.block ?? []) {
    if (line.kind !== 'call' || line.receiver === '') {
      context.problem('Ruby within change_table decides when it runs what is changed', line.start);
      continue;
    }
    if (line.condition !== null) context.problem(`runs only ${line.condition}`, line.start);
    const outside = Object.hasOwn(OUTSIDE, line.name) ? OUTSIDE[line.name] : undefined;
    if (outside !== undefined) change({ ...line, receiver: '', name: outside, positional: [table, ...line.positional] }, context);
    else for (const column of line.positional) change({ ...line, receiver: '', name: 'add_column', positional: [table, column, { kind: 'symbol', text: line.name }] }, context);
  }
}

/** `create_join_table :officers, :teams` makes officers_teams with two columns and no key. */
export function joinTable(call: RubyCall, context: RailsContext): void {
  const [one, other] = call.positional.map(nameOf);
  if (typeof one !== 'string' || typeof other !== 'string') return context.problem('the names of the tables are worked out when it runs', call.start);
  const table = nameOf(call.options.get('table_name')) ?? [plural(one.replace(/s$/, '')), plural(other.replace(/s$/, ''))].sort().join('_');
  const options = call.options.get('column_options');
  const own: Options = new Map<string, RubyValue>([['null', { kind: 'boolean', value: false }], ...(options?.kind === 'hash' ? options.entries : [])]);
  const making: Making = { table, definitions: [], after: [] };
  for (const name of [one, other]) addReference(name.replace(/s$/, ''), new Map([...own, ['index', { kind: 'boolean', value: false }]]), making, context);
  for (const statement of call.block ?? []) define(statement, making, context);
  const shown = `create_join_table :${one}, :${other}`;
  context.add(`CREATE TABLE ${quoted(table)} (${making.definitions.join(', ')})`, call, shown);
  for (const sql of making.after) context.add(sql, call, shown);
}
