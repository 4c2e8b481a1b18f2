import { columnDefinition, indexStatement, nameOf, type Options } from './rails-columns.js';
import type { RailsContext } from './rails-context.js';
import { foreignKeyName, indexName, plural, singular } from './rails-names.js';
import { quoted, quotedPart } from './sql-text.js';

/** Foreign keys and the columns on which they stand. */

function isFalse(options: Options, name: string): boolean {
  const value = options.get(name);
  return value?.kind === 'boolean' && !value.value;
}

/** A foreign key's column, from the name of the table that it refers to. */
export function defaultColumn(table: string): string {
  return `${singular(table.replace(/^.*\./, ''))}_id`;
}

export function foreignKey(from: string, to: string, options: Options): string {
  const column = nameOf(options.get('column')) ?? defaultColumn(to);
  const name = nameOf(options.get('name')) ?? foreignKeyName(from, column);
  const actions: Record<string, string> = { nullify: 'SET NULL', cascade: 'CASCADE', restrict: 'RESTRICT' };
  const action = (key: string, words: string): string => {
    const written = actions[nameOf(options.get(key)) ?? ''];
    return written === undefined ? '' : ` ${words} ${written}`;
  };
  const deferrable = options.has('deferrable') && !isFalse(options, 'deferrable') ? ' DEFERRABLE' : '';
  return `ALTER TABLE ${quoted(from)} ADD CONSTRAINT ${quotedPart(name)} FOREIGN KEY (${quotedPart(column)}) REFERENCES ${quoted(to)} (${quotedPart(nameOf(options.get('primary_key')) ?? 'id')})${action('on_delete', 'ON DELETE')}${action('on_update', 'ON UPDATE')}${deferrable}${isFalse(options, 'validate') ? ' NOT VALID' : ''}`;
}

/** `t.references :officer` and `add_reference`: the column, and a key and an index where they are wanted. */
export function reference(table: string, name: string, options: Options, context: RailsContext): { definitions: string[]; after: string[] } | null {
  const definitions: string[] = [];
  const [major, minor] = context.version;
  const type = nameOf(options.get('type')) ?? (major > 5 || (major === 5 && minor >= 1) ? 'bigint' : 'integer');
  const column = `${name}_id`;
  const own = new Map([...options].filter(([key]) => key === 'null' || key === 'default' || key === 'limit'));
  const definition = columnDefinition(column, type, own, context.version);
  if (definition === null) return null;
  const polymorphic = options.get('polymorphic');
  const isPolymorphic = polymorphic !== undefined && !(polymorphic.kind === 'boolean' && !polymorphic.value);
  if (isPolymorphic) definitions.push(columnDefinition(`${name}_type`, 'string', new Map([...options].filter(([key]) => key === 'null')), context.version) ?? '');
  definitions.push(definition);
  const after: string[] = [];
  const index = options.get('index');
  const hasIndex = index === undefined ? major >= 5 : !(index.kind === 'boolean' && !index.value);
  const columns = isPolymorphic ? [`${name}_type`, column] : [column];
  const indexOptions: Options = index?.kind === 'hash' ? index.entries : new Map();
  if (hasIndex) after.push(indexStatement(table, columns, nameOf(indexOptions.get('name')) ?? indexName(table, isPolymorphic ? [name] : columns), indexOptions));
  const key = options.get('foreign_key');
  if (key && !(key.kind === 'boolean' && !key.value)) {
    const keyOptions = new Map(key.kind === 'hash' ? key.entries : []);
    if (!keyOptions.has('column')) keyOptions.set('column', { kind: 'symbol', text: column });
    after.push(foreignKey(table, nameOf(keyOptions.get('to_table')) ?? plural(name), keyOptions));
  }
  return { definitions, after };
}
