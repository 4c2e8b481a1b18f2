import { z } from 'zod';
import type { Catalog, Column } from '../../model/catalog.js';
import { describe } from '../../stores/index.js';
import type { LiveSession } from '../../stores/live.js';
import { hasTexts } from '../engines.js';
import { hex, keyOf, splitKey, type RelationName } from './name.js';
import { sqlOf } from './sql.js';
import { relationIn } from './target.js';

const columnRow = z.object({ schema: z.string(), relation: z.string(), name: z.string(), type: z.string() });

export interface FoundRelation extends RelationName {
  columns: Pick<Column, 'name' | 'type'>[];
}

/**
 * A relation that the configuration names, from the catalogue or, where it is newer than that, from the server; null where
 * there is none.
 */
export async function findRelation(session: LiveSession, catalog: Catalog | null, key: string): Promise<FoundRelation | null> {
  const known = relationIn(catalog, key);
  if (known) return known;
  const { schema, name } = splitKey(key);
  if (!hasTexts(session)) {
    const described = await describe(session, { schema, name });
    return described === null ? null : { schema, name, columns: described.columns };
  }
  const rows = await session.query(columnRow, sqlOf(session, 'warehouse_columns', { schema_hex: hex(schema), name_hex: hex(name) }));
  const [first] = rows;
  if (!first) return null;
  return { schema: first.schema, name: first.relation, columns: rows.filter((row) => keyOf({ schema: row.schema, name: row.relation }) === keyOf({ schema: first.schema, name: first.relation })) };
}
