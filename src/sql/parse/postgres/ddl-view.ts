import type { Node } from '@pgsql/types';
import type { Column } from '../../../model/catalog.js';
import type { CreateStatement, TableReference } from '../../../model/syntax-tree.js';
import { lineageContext, resolveStatement } from '../../lineage.js';
import { relationKey } from '../../schema-index.js';
import { walkStatement } from '../../walk.js';
import type { Parse } from '../front-end.js';
import { DEFAULT_SCHEMA, type DdlState, newRelation } from './ddl-state.js';
import { optionTexts } from './ddl-table.js';

/**
 * Views, materialised views and tables made of a query.
 *
 * @param source the text of the statement, which becomes the definition of a view
 */
export function createOfQuery(node: Node, source: string, state: DdlState, parse: Parse): void {
  const statement = parse(source).statements[0]?.statement;
  if (statement?.type !== 'create') return;
  const name = state.newName(statement.target.schema ?? undefined, statement.target.name);
  const ifNotExists = 'CreateTableAsStmt' in node && node.CreateTableAsStmt.if_not_exists;
  if (ifNotExists && state.index().get(relationKey(name))) return;
  const context = lineageContext(state.index(), parse, { searchPath: state.path, views: state.views });
  const slots = resolveStatement(statement, context).writes.values().next().value ?? [];
  const columns = slots.map((slot): Column => ({ name: slot.name, type: '', nullable: true, comment: null, label: null, enumValues: null }));
  const relation = newRelation(name, statement.object, columns, statement.object === 'table' ? null : qualified(source, statement, state));
  if ('ViewStmt' in node) relation.options = optionTexts(node.ViewStmt.options);
  if ('CreateTableAsStmt' in node) relation.options = optionTexts(node.CreateTableAsStmt.into?.options);
  state.add(relation);
}

/** A definition in which names mean the same under every search path, as in those that the server prints. */
function qualified(source: string, statement: CreateStatement, state: DdlState): string {
  const commonTables = new Set<string>();
  const references: TableReference[] = [];
  walkStatement(statement, {
    query: ({ ctes }) => {
      for (const { name } of ctes) commonTables.add(name);
    },
    from: (item) => {
      if (item.type === 'table' && item.schema === null) references.push(item);
    },
  });
  let result = source;
  for (const { name, span } of references.toSorted((a, b) => b.span.start - a.span.start)) {
    const relation = commonTables.has(name) || span.end === span.start ? null : state.index().find(null, name, state.path);
    if (relation && relation.schema !== DEFAULT_SCHEMA) result = `${result.slice(0, span.start)}"${relation.schema.replaceAll('"', '""')}".${result.slice(span.start)}`;
  }
  return result;
}
