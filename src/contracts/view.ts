import type { Catalog, Relation } from '../model/catalog.js';
import type { Expression } from '../model/syntax-tree.js';
import { expressionText } from '../sql/expression-text.js';
import { mapExpression } from '../sql/map-tree.js';
import type { Parse } from '../sql/parse/front-end.js';
import { relationKey } from '../sql/schema-index.js';
import { sqlIdentifier, sqlQualified } from '../text/sql-name.js';
import { structureOf } from './edits.js';
import type { PersonalColumns } from './needs.js';
import type { Plan } from './plan.js';

/** A condition over bare columns as SQL; null where it cannot be written so that it reads as the same. */
export function conditionSql(condition: Expression, parse: Parse): string | null {
  const quoted = mapExpression(condition, { keepsQueries: true, expression: (inner) => (inner.type === 'column' ? { ...inner, parts: inner.parts.map(sqlIdentifier) } : inner) });
  const text = expressionText(quoted);
  const [parsed, another] = parse(`SELECT 1 FROM relation WHERE ${text}`).statements;
  const body = parsed?.statement.type === 'query_statement' ? parsed.statement.query.body : null;
  if (another !== undefined || body?.type !== 'select' || body.where === null) return null;
  return structureOf(body.where) === structureOf(condition) ? text : null;
}

/** The query of the view, on one line. */
export function viewQuery({ relation, columns }: Plan, conditions: readonly string[]): string {
  const list = columns.map(({ name, source }) => (name === source ? sqlIdentifier(source) : `${sqlIdentifier(source)} AS ${sqlIdentifier(name)}`));
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}`;
  return `SELECT ${list.join(', ')} FROM ${sqlQualified(relation)}${where}`;
}

/** What is run by hand, one statement a paragraph: the schema where it is missing, the view, and marks on columns of persons. */
export function createStatements(plan: Plan, query: string, { catalog, personal, print }: { catalog: Catalog; personal: PersonalColumns; print: (sql: string) => string }): string {
  const name = sqlQualified(plan);
  const isNewSchema = catalog.relations.every(({ schema }) => schema !== plan.schema);
  const marks = plan.columns.flatMap((column) => {
    const known = personal.get(`${relationKey(plan.relation)}.${column.source}`);
    return known?.class === 'direct' ? [`COMMENT ON COLUMN ${name}.${sqlIdentifier(column.name)} IS 'personal data: ${known.kind.replaceAll("'", "''")}'`] : [];
  });
  const statements = [...(isNewSchema ? [`CREATE SCHEMA IF NOT EXISTS ${sqlIdentifier(plan.schema)}`] : []), `CREATE VIEW ${name} AS ${query}`, ...marks];
  return statements.map((sql) => `${print(sql)};`).join('\n\n');
}

/** The view as the catalogue will have it. */
export function viewRelation({ relation, schema, name, columns }: Plan, query: string): Relation {
  const byName = new Map(relation.columns.map((column) => [column.name, column]));
  return {
    schema, name, kind: 'view', owner: null, comment: null, definition: query, rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null,
    columns: columns.flatMap(({ name: given, source }) => {
      const column = byName.get(source);
      return column === undefined ? [] : [{ name: given, type: column.type, nullable: true, comment: null, label: null, enumValues: column.enumValues }];
    }),
    recordedColumns: columns.map(({ source }) => `${relationKey(relation)}.${source}`).sort(),
  };
}
