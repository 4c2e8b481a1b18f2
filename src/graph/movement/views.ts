import type { Relation } from '../../model/catalog.js';
import { relationKey } from '../../sql/schema-index.js';
import { rename } from '../../sql/slots.js';
import type { StoreBoundary } from '../boundary.js';
import type { StatementReader } from '../statement-reader.js';
import { emptiedColumns } from './emptied.js';
import { rowFilterOf } from './row-filter.js';
import { type Ways, waysOf } from './way.js';

/** What the views of a store show of what they name, and what its materialised views keep of it. */
export function viewMovements({ store }: Pick<StoreBoundary, 'store'>, reader: StatementReader): Ways {
  const ways = store.catalog.relations.flatMap((relation) => (relation.definition === null ? [] : ofView(relation, relation.definition, store.name, reader) ?? []));
  return { movements: ways.flatMap(({ movements }) => movements), emptied: ways.flatMap(({ emptied }) => emptied) };
}

function ofView(relation: Relation, definition: string, store: string, reader: StatementReader): Ways | null {
  const [part] = reader.readOnce(definition).parts;
  if (!part) return null;
  const { statement, resolution } = part;
  const slots = statement.type === 'create' ? (resolution.writes.values().next().value ?? []) : resolution.outputs;
  const key = relationKey(relation);
  const isStored = relation.kind === 'materialized_view';
  const named = rename(slots, relation.columns.map(({ name }) => name));
  const emptied = emptiedColumns(named, part, definition).map((column) => ({ store, relation: key, column }));
  const movements = waysOf(named, resolution, {
    store,
    to: key,
    via: isStored ? 'materialized-view' : 'view',
    by: `${isStored ? 'materialized view' : 'view'} ${key}`,
    rowFilter: rowFilterOf(statement),
    confidence: 1,
    evidence: 'its definition in the catalogue',
  });
  return { movements, emptied };
}
