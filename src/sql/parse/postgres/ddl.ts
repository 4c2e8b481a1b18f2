import type { ColumnDef, CommentStmt, Constraint as ConstraintNode, CreateStmt, IndexStmt, Node, RangeVar } from '@pgsql/types';
import { loadModule, parseSync } from 'libpg-query';
import type { Catalog, Column, Constraint, Relation } from '../../../model/catalog.js';
import { emptyCatalog } from '../../catalog.js';
import { lineageContext, resolveStatement } from '../../lineage.js';
import { SchemaIndex } from '../../schema-index.js';
import type { Parse } from '../front-end.js';
import { createPostgresParser } from '../postgres.js';
import { items, texts, typeText } from './nodes.js';
import { Positions } from './positions.js';

const DEFAULT_SCHEMA = 'public';

/**
 * The catalogue that a text of DDL describes: tables, keys, checks, indexes, views, enum types and comments. Statements of
 * other kinds are passed over.
 *
 * @throws SqlError of the parser when the text is not PostgreSQL.
 */
export async function catalogFromDdl(text: string): Promise<Catalog> {
  await loadModule();
  const parse = await createPostgresParser();
  const builder = new CatalogBuilder(text, parse);
  for (const raw of parseSync(text).stmts ?? []) {
    const start = raw.stmt_location ?? 0;
    if (raw.stmt) builder.add(raw.stmt, start, raw.stmt_len ? start + raw.stmt_len : null);
  }
  return builder.catalog;
}

class CatalogBuilder {
  readonly catalog = emptyCatalog();
  readonly #positions: Positions;
  readonly #text: string;
  readonly #parse: Parse;
  readonly #enums = new Map<string, string[]>();

  constructor(text: string, parse: Parse) {
    this.#text = text;
    this.#parse = parse;
    this.#positions = new Positions(text);
  }

  add(node: Node, startByte: number, endByte: number | null): void {
    if ('CreateStmt' in node) this.#table(node.CreateStmt);
    else if ('ViewStmt' in node || 'CreateTableAsStmt' in node) this.#view(node, startByte, endByte);
    else if ('IndexStmt' in node) this.#index(node.IndexStmt);
    else if ('CommentStmt' in node) this.#comment(node.CommentStmt);
    else if ('CreateEnumStmt' in node) {
      this.#enums.set(texts(node.CreateEnumStmt.typeName).join('.'), texts(node.CreateEnumStmt.vals));
    } else if ('AlterTableStmt' in node && node.AlterTableStmt.relation) {
      const table = nameOf(node.AlterTableStmt.relation);
      for (const command of node.AlterTableStmt.cmds ?? []) {
        const definition = 'AlterTableCmd' in command ? command.AlterTableCmd.def : undefined;
        if (definition && 'Constraint' in definition) this.#constraint(table, definition.Constraint, []);
      }
    }
  }

  #table(create: CreateStmt): void {
    const table = nameOf(create.relation ?? {});
    const columns: Column[] = [];
    for (const element of create.tableElts ?? []) {
      if ('ColumnDef' in element) columns.push(this.#column(element.ColumnDef, table));
      if ('Constraint' in element) this.#constraint(table, element.Constraint, []);
    }
    const primary = this.catalog.constraints.find((constraint) => constraint.kind === 'primary_key' && constraint.schema === table.schema && constraint.relation === table.name);
    for (const column of columns) if (primary?.columns.includes(column.name)) column.nullable = false;
    this.catalog.relations.push(relation(table, create.partspec ? 'partitioned_table' : 'table', columns, null));
  }

  #column(definition: ColumnDef, table: Name): Column {
    const name = definition.colname ?? '';
    const constraints = (definition.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
    for (const constraint of constraints) this.#constraint(table, constraint, [name]);
    const type = typeText(definition.typeName);
    const required = definition.is_not_null || constraints.some(({ contype }) => contype === 'CONSTR_NOTNULL' || contype === 'CONSTR_PRIMARY');
    return { name, type, nullable: !required, comment: null, label: null, enumValues: this.#enums.get(type) ?? null };
  }

  #constraint(table: Name, node: ConstraintNode, own: string[]): void {
    const kinds: Record<string, Constraint['kind']> = {
      CONSTR_PRIMARY: 'primary_key', CONSTR_UNIQUE: 'unique', CONSTR_FOREIGN: 'foreign_key', CONSTR_CHECK: 'check', CONSTR_NOTNULL: 'not_null',
    };
    const kind = kinds[node.contype ?? ''];
    if (!kind) return;
    const columns = kind === 'foreign_key' && own.length === 0 ? texts(node.fk_attrs) : own.length > 0 ? own : texts(node.keys);
    const suffix: Record<string, string> = { primary_key: 'pkey', unique: `${columns.join('_')}_key`, foreign_key: `${columns.join('_')}_fkey`, check: 'check', not_null: `${columns.join('_')}_not_null` };
    const target = node.pktable ? nameOf(node.pktable) : null;
    this.catalog.constraints.push({
      schema: table.schema,
      relation: table.name,
      name: node.conname ?? `${table.name}_${suffix[kind]}`,
      kind,
      columns,
      expression: kind === 'check' ? this.#expressionText(node) : null,
      references: target ? { schema: target.schema, relation: target.name, columns: texts(node.pk_attrs) } : null,
      validated: !node.skip_validation,
      enforced: true,
    });
  }

  /** The text between the parentheses of CHECK (…): the parser keeps only where the constraint begins. */
  #expressionText(node: ConstraintNode): string {
    const from = this.#text.indexOf('(', this.#positions.toUtf16(node.location ?? 0));
    let depth = 0;
    for (let at = from; at >= 0 && at < this.#text.length; at++) {
      const character = this.#text[at];
      if (character === "'") {
        for (at++; at < this.#text.length && this.#text[at] !== "'"; at++);
      } else if (character === '(') depth++;
      else if (character === ')' && --depth === 0) return this.#text.slice(from + 1, at);
    }
    return '';
  }

  #view(node: Node, startByte: number, endByte: number | null): void {
    const text = this.#text.slice(this.#positions.toUtf16(startByte), endByte === null ? undefined : this.#positions.toUtf16(endByte)).trim();
    const statement = this.#parse(text).statements[0]?.statement;
    if (statement?.type !== 'create') return;
    const resolved = resolveStatement(statement, lineageContext(new SchemaIndex(this.catalog), this.#parse, { searchPath: [DEFAULT_SCHEMA] }));
    const slots = resolved.writes.values().next().value ?? [];
    const columns = slots.map(({ name }): Column => ({ name, type: '', nullable: true, comment: null, label: null, enumValues: null }));
    const name = { schema: statement.target.schema ?? DEFAULT_SCHEMA, name: statement.target.name };
    const kind = statement.object === 'table' ? 'table' : statement.object;
    const isView = 'ViewStmt' in node || statement.object === 'materialized_view';
    this.catalog.relations.push(relation(name, kind, columns, isView ? text : null));
  }

  #index(node: IndexStmt): void {
    const table = nameOf(node.relation ?? {});
    const columns = (node.indexParams ?? []).map((item) => ('IndexElem' in item ? (item.IndexElem.name ?? null) : null));
    this.catalog.indexes.push({
      schema: table.schema, relation: table.name, name: node.idxname ?? `${table.name}_idx`, columns,
      unique: node.unique ?? false, primary: node.primary ?? false, predicate: node.whereClause ? 'partial' : null, valid: true, scans: null, size_bytes: null,
    });
  }

  #comment(node: CommentStmt): void {
    const parts = texts(items(node.object));
    const isColumn = node.objtype === 'OBJECT_COLUMN';
    const column = isColumn ? parts.pop() : undefined;
    const name = { name: parts.at(-1) ?? '', schema: parts.at(-2) ?? DEFAULT_SCHEMA };
    const found = this.catalog.relations.find((candidate) => candidate.schema === name.schema && candidate.name === name.name);
    if (!found) return;
    if (!isColumn) found.comment = node.comment ?? null;
    for (const candidate of found.columns) if (candidate.name === column) candidate.comment = node.comment ?? null;
  }
}

interface Name {
  schema: string;
  name: string;
}

function nameOf(table: RangeVar): Name {
  return { schema: table.schemaname ?? DEFAULT_SCHEMA, name: table.relname ?? '' };
}

function relation(name: Name, kind: Relation['kind'], columns: Column[], definition: string | null): Relation {
  return {
    ...name, kind, columns, definition, owner: null, comment: null, rows: null, size_bytes: null,
    rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
  };
}
