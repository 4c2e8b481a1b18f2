import { z } from 'zod';
import type { Catalog, Relation, RelationKind } from '../../model/catalog.js';
import { CatalogParts, PART_ROWS_MAX } from '../http/parts.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import type { Reading } from '../store.js';
import { quoteName, quoteText } from './names.js';
import type { OpenTrino } from './session.js';

const text = z.string().nullable();
const nameRow = z.object({ schema: z.string(), name: z.string() });
const relationRow = nameRow.extend({ kind: z.string() });
export const columnRow = z.object({ schema: z.string(), relation: z.string(), name: z.string(), type: z.string(), nullable: text });
const viewRow = nameRow.extend({ definition: text });
const commentRow = nameRow.extend({ comment: text });

/** Reads the catalogue that the URL names: what Trino tells of every connector alike. It keeps no keys and no rights. */
export async function readCatalog({ session, catalog }: OpenTrino): Promise<Reading<Catalog>> {
  const parts = new CatalogParts(session);
  const values = { catalog: quoteName(catalog), catalog_text: quoteText(catalog), only: '', row_max: String(PART_ROWS_MAX + 1) };
  const part = <T>(file: string, row: z.ZodType<T>, missing: string, remedy: string | null = null): Promise<T[]> =>
    parts.read(row, loadSql('trino', file, session.version_num, values), { missing, remedy });

  const relations = new Map<string, Relation>();
  for (const row of await part('relations', relationRow, 'tables and views of the catalogue', `GRANT SELECT ON its tables to ${session.identity().role ?? 'the user'}.`)) {
    relations.set(keyOf(row), emptyRelation(row, row.kind === 'VIEW' ? 'view' : 'table'));
  }
  for (const row of await part('columns', columnRow, 'columns of the catalogue')) {
    relations.get(keyOf({ schema: row.schema, name: row.relation }))?.columns.push({ name: row.name, type: row.type, nullable: row.nullable !== 'NO', comment: null, label: null, enumValues: null });
  }
  for (const row of await part('views', viewRow, 'definitions of views')) {
    const relation = relations.get(keyOf(row));
    if (relation) relation.definition = row.definition;
  }
  for (const row of await part('materialized_views', viewRow, 'which views are materialised')) {
    const relation = relations.get(keyOf(row));
    if (relation) Object.assign(relation, { kind: 'materialized_view', definition: row.definition });
  }
  for (const row of await part('comments', commentRow, 'comments of tables')) {
    const relation = relations.get(keyOf(row));
    if (relation) relation.comment = row.comment;
  }
  const value: Catalog = {
    relations: sortedBy([...relations.values()], ({ schema, name }) => [schema, name]),
    constraints: [], indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {},
  };
  return { value, gaps: parts.gaps };
}

function keyOf({ schema, name }: { schema: string; name: string }): string {
  return `${schema}\0${name}`;
}

function emptyRelation({ schema, name }: { schema: string; name: string }, kind: RelationKind): Relation {
  return { schema, name, kind, owner: null, comment: null, columns: [], definition: null, rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null };
}
