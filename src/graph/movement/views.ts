import type { Relation } from '../../model/catalog.js';
import type { RelationMovement } from '../../model/movement.js';
import { relationKey } from '../../sql/schema-index.js';
import { rename } from '../../sql/slots.js';
import type { StoreBoundary } from '../boundary.js';
import type { StatementReader } from '../statement-reader.js';
import { rowFilterOf } from './row-filter.js';
import { waysOf } from './way.js';

/** What the views of a store show of what they name, and what its materialised views keep of it. */
export function viewMovements({ store }: Pick<StoreBoundary, 'store'>, reader: StatementReader): RelationMovement[] {
  return store.catalog.relations.flatMap((relation) => (relation.definition === null ? [] : ofView(relation, relation.definition, store.name, reader)));
}

function ofView(relation: Relation, definition: string, store: string, reader: StatementReader): RelationMovement[] {
  const [part] = reader.readOnce(definition).parts;
  if (!part) return [];
  const { statement, resolution } = part;
  const slots = statement.type === 'create' ? (resolution.writes.values().next().value ?? []) : resolution.outputs;
  const key = relationKey(relation);
  const isStored = relation.kind === 'materialized_view';
  return waysOf(rename(slots, relation.columns.map(({ name }) => name)), resolution, {
    store,
    to: key,
    via: isStored ? 'materialized-view' : 'view',
    by: `${isStored ? 'materialised view' : 'view'} ${key}`,
    rowFilter: rowFilterOf(statement),
    confidence: 1,
    evidence: 'its definition in the catalogue',
  });
}
