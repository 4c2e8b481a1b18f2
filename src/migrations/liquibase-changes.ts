import { plainText } from '../text/plain-text.js';
import { columnDefinition, defaultOf, foreignKeyText, typeOf } from './liquibase-columns.js';
import type { ChangeNode } from './liquibase-tree.js';
import type { Reading } from './reading.js';
import { list, quotedPart } from './sql-text.js';

type Change = (node: ChangeNode, get: (name: string) => string) => string[];

/** The statements of one change type ("Change types", Liquibase 4.29); a type that is not known is a problem. */
export function changeStatements(node: ChangeNode, reading: Reading): void {
  const change = Object.hasOwn(CHANGES, node.name) ? CHANGES[node.name] : undefined;
  if (!change) return reading.problem(`${node.name} is no change type that is known: what it does is not known`, node.offset);
  const missing = new Set<string>();
  const get = (name: string): string => {
    const value = node.attributes.get(name) ?? '';
    if (value === '') missing.add(name);
    return value;
  };
  const statements = change(node, get);
  const placeholder = statements.map((sql) => /\$\{([^}]{1,80})\}/.exec(sql)?.[1]).find((name) => name !== undefined);
  if (missing.size > 0) return reading.problem(`${node.name} lacks ${[...missing].join(', ')}`, node.offset);
  if (placeholder !== undefined) return reading.problem(`${node.name} has the parameter ${placeholder}, whose value is not in the changelog`, node.offset);
  const shown = plainText(`${node.name} ${[...node.attributes].map(([name, value]) => `${name}=${value}`).join(' ')}`, 160);
  for (const sql of statements) reading.step(sql, node.offset, shown);
}

function qualified(node: ChangeNode, schema: string, name: string): string {
  const within = node.attributes.get(schema);
  return within === undefined || within === '' ? quotedPart(name) : `${quotedPart(within)}.${quotedPart(name)}`;
}

function table(node: ChangeNode, get: (name: string) => string): string {
  return qualified(node, 'schemaName', get('tableName'));
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1')).filter((name) => name !== '');
}

function columnsOf(node: ChangeNode): ChangeNode[] {
  return node.children.flatMap((child) => (child.name === 'columns' ? child.children : [child])).filter(({ name }) => name === 'column');
}

function named(node: ChangeNode): string {
  const name = node.attributes.get('constraintName');
  return name === undefined || name === '' ? '' : `CONSTRAINT ${quotedPart(name)} `;
}

function isTrue(node: ChangeNode, name: string): boolean {
  return node.attributes.get(name)?.toLowerCase() === 'true';
}

/** A condition on rows, as an element or an attribute. */
function whereOf(node: ChangeNode): string {
  const where = node.attributes.get('where') ?? node.children.find(({ name }) => name === 'where')?.text.trim() ?? '';
  return where === '' ? '' : ` WHERE ${where}`;
}

function insertOf(node: ChangeNode, get: (name: string) => string): string[] {
  const columns = columnsOf(node).map((column) => ({ name: column.attributes.get('name') ?? '', value: valueOf(column) }));
  return [`INSERT INTO ${table(node, get)} ${list(columns.map(({ name }) => name))} VALUES (${columns.map(({ value }) => value).join(', ')})`];
}

function valueOf(column: ChangeNode): string {
  const value = column.attributes.get('value');
  return value === undefined ? (column.attributes.get('valueNumeric') ?? column.attributes.get('valueBoolean') ?? column.attributes.get('valueComputed') ?? 'NULL') : `'${value.replaceAll("'", "''")}'`;
}

function addColumn(node: ChangeNode, get: (name: string) => string): string[] {
  const to = table(node, get);
  return columnsOf(node).flatMap((column) => {
    const filled = column.attributes.get('value') ?? column.attributes.get('valueNumeric') ?? column.attributes.get('valueBoolean') ?? column.attributes.get('valueComputed');
    const name = column.attributes.get('name') ?? '';
    return [`ALTER TABLE ${to} ADD COLUMN ${columnDefinition(column)}`, ...(filled === undefined ? [] : [`UPDATE ${to} SET ${quotedPart(name)} = ${valueOf(column)}`])];
  });
}

function addNotNull(node: ChangeNode, get: (name: string) => string): string[] {
  const column = quotedPart(get('columnName'));
  const filled = node.attributes.get('defaultNullValue');
  return [
    ...(filled === undefined ? [] : [`UPDATE ${table(node, get)} SET ${column} = '${filled.replaceAll("'", "''")}' WHERE ${column} IS NULL`]),
    `ALTER TABLE ${table(node, get)} ALTER COLUMN ${column} SET NOT NULL`,
  ];
}

function createView(node: ChangeNode, get: (name: string) => string): string[] {
  const query = (node.attributes.get('selectQuery') ?? node.text).trim().replace(/;\s*$/, '');
  const name = qualified(node, 'schemaName', get('viewName'));
  if (isTrue(node, 'fullDefinition')) return [query];
  return [`CREATE ${isTrue(node, 'replaceIfExists') ? 'OR REPLACE ' : ''}VIEW ${name} AS ${query}`];
}

function createIndex(node: ChangeNode, get: (name: string) => string): string[] {
  const keys = columnsOf(node).map((column) => (isTrue(column, 'computed') ? `(${column.attributes.get('name') ?? ''})` : quotedPart(column.attributes.get('name') ?? '')));
  return [`CREATE ${isTrue(node, 'unique') ? 'UNIQUE ' : ''}INDEX ${quotedPart(get('indexName'))} ON ${table(node, get)} (${keys.join(', ')})`];
}

/** A table of the distinct values, and a key to it. */
function addLookupTable(node: ChangeNode, get: (name: string) => string): string[] {
  const to = qualified(node, 'newTableSchemaName', get('newTableName'));
  const from = qualified(node, 'existingTableSchemaName', get('existingTableName'));
  const [key, column] = [quotedPart(get('newColumnName')), quotedPart(get('existingColumnName'))];
  return [
    `CREATE TABLE ${to} AS SELECT DISTINCT ${column} AS ${key} FROM ${from} WHERE ${column} IS NOT NULL`,
    `ALTER TABLE ${to} ALTER COLUMN ${key} SET NOT NULL`,
    `ALTER TABLE ${to} ADD PRIMARY KEY (${key})`,
    `ALTER TABLE ${from} ADD ${named(node)}FOREIGN KEY (${column}) REFERENCES ${to} (${key})`,
  ];
}

const CHANGES: Record<string, Change> = {
  createTable: (node, get) => {
    const columns = columnsOf(node);
    const keys = columns.filter((column) => isTrue(column.children.find(({ name }) => name === 'constraints') ?? column, 'primaryKey')).map((column) => column.attributes.get('name') ?? '');
    const keyName = columns.flatMap(({ children }) => children.map(({ attributes }) => attributes.get('primaryKeyName'))).find((name) => name !== undefined);
    const lines = [...columns.map(columnDefinition), ...(keys.length > 0 ? [`${keyName === undefined ? '' : `CONSTRAINT ${quotedPart(keyName)} `}PRIMARY KEY ${list(keys)}`] : [])];
    return [`CREATE TABLE ${isTrue(node, 'ifNotExists') ? 'IF NOT EXISTS ' : ''}${table(node, get)} (${lines.join(', ')})`];
  },
  dropTable: (node, get) => [`DROP TABLE ${table(node, get)}${isTrue(node, 'cascadeConstraints') ? ' CASCADE' : ''}`],
  renameTable: (node, get) => [`ALTER TABLE ${qualified(node, 'schemaName', get('oldTableName'))} RENAME TO ${quotedPart(get('newTableName'))}`],
  addColumn,
  dropColumn: (node, get) => {
    const several = columnsOf(node).map((column) => column.attributes.get('name') ?? '');
    return (several.length > 0 ? several : [get('columnName')]).map((name) => `ALTER TABLE ${table(node, get)} DROP COLUMN ${quotedPart(name)}`);
  },
  renameColumn: (node, get) => [`ALTER TABLE ${table(node, get)} RENAME COLUMN ${quotedPart(get('oldColumnName'))} TO ${quotedPart(get('newColumnName'))}`],
  modifyDataType: (node, get) => {
    const [column, type] = [quotedPart(get('columnName')), typeOf(get('newDataType'))];
    return [`ALTER TABLE ${table(node, get)} ALTER COLUMN ${column} TYPE ${type} USING (${column}::${type})`];
  },
  addNotNullConstraint: addNotNull,
  dropNotNullConstraint: (node, get) => [`ALTER TABLE ${table(node, get)} ALTER COLUMN ${quotedPart(get('columnName'))} DROP NOT NULL`],
  addDefaultValue: (node, get) => [`ALTER TABLE ${table(node, get)} ALTER COLUMN ${quotedPart(get('columnName'))} SET DEFAULT ${defaultOf(node) ?? 'NULL'}`],
  dropDefaultValue: (node, get) => [`ALTER TABLE ${table(node, get)} ALTER COLUMN ${quotedPart(get('columnName'))} DROP DEFAULT`],
  addAutoIncrement: (node, get) => [`ALTER TABLE ${table(node, get)} ALTER COLUMN ${quotedPart(get('columnName'))} ADD GENERATED BY DEFAULT AS IDENTITY`],
  addUniqueConstraint: (node, get) => [`ALTER TABLE ${table(node, get)} ADD ${named(node)}UNIQUE ${list(names(get('columnNames')))}`],
  dropUniqueConstraint: (node, get) => [`ALTER TABLE ${table(node, get)} DROP CONSTRAINT ${quotedPart(get('constraintName'))}`],
  addPrimaryKey: (node, get) => [`ALTER TABLE ${table(node, get)} ADD ${named(node)}PRIMARY KEY ${list(names(get('columnNames')))}`],
  dropPrimaryKey: (node, get) => [`ALTER TABLE ${table(node, get)} DROP CONSTRAINT ${quotedPart(node.attributes.get('constraintName') ?? `${get('tableName')}_pkey`)}`],
  addForeignKeyConstraint: (node, get) => [
    `ALTER TABLE ${qualified(node, 'baseTableSchemaName', get('baseTableName'))} ADD ${named(node)}${foreignKeyText(node, names(get('baseColumnNames')), qualified(node, 'referencedTableSchemaName', get('referencedTableName')), names(get('referencedColumnNames')))}`,
  ],
  dropForeignKeyConstraint: (node, get) => [`ALTER TABLE ${qualified(node, 'baseTableSchemaName', get('baseTableName'))} DROP CONSTRAINT ${quotedPart(get('constraintName'))}`],
  addCheckConstraint: (node, get) => [`ALTER TABLE ${table(node, get)} ADD ${named(node)}CHECK (${(node.attributes.get('constraintBody') ?? node.text).trim()})`],
  dropCheckConstraint: (node, get) => [`ALTER TABLE ${table(node, get)} DROP CONSTRAINT ${quotedPart(get('constraintName'))}`],
  createView,
  dropView: (node, get) => [`DROP VIEW ${isTrue(node, 'ifExists') ? 'IF EXISTS ' : ''}${qualified(node, 'schemaName', get('viewName'))}`],
  renameView: (node, get) => [`ALTER VIEW ${qualified(node, 'schemaName', get('oldViewName'))} RENAME TO ${quotedPart(get('newViewName'))}`],
  createIndex,
  dropIndex: (node, get) => [`DROP INDEX ${qualified(node, 'schemaName', get('indexName'))}`],
  createSequence: (node, get) => [`CREATE SEQUENCE ${qualified(node, 'schemaName', get('sequenceName'))}`],
  dropSequence: (node, get) => [`DROP SEQUENCE ${qualified(node, 'schemaName', get('sequenceName'))}`],
  alterSequence: (node, get) => [`ALTER SEQUENCE ${qualified(node, 'schemaName', get('sequenceName'))} CYCLE`],
  insert: insertOf,
  update: (node, get) => [`UPDATE ${table(node, get)} SET ${columnsOf(node).map((column) => `${quotedPart(column.attributes.get('name') ?? '')} = ${valueOf(column)}`).join(', ')}${whereOf(node)}`],
  delete: (node, get) => [`DELETE FROM ${table(node, get)}${whereOf(node)}`],
  setTableRemarks: (node, get) => [`COMMENT ON TABLE ${table(node, get)} IS ''`],
  setColumnRemarks: (node, get) => [`COMMENT ON COLUMN ${table(node, get)}.${quotedPart(get('columnName'))} IS ''`],
  createProcedure: (node) => [node.text.trim()],
  addLookupTable,
};
