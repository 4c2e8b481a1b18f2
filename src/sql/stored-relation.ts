import type { Relation } from '../model/catalog.js';
import type { TableReference } from '../model/syntax-tree.js';
import { type Block, copyBlock } from './block.js';
import { type Flows, identityFlow } from './flow.js';
import { Lineage, type ViewResolution } from './lineage.js';
import { isSystemSchema } from './schema-index.js';
import type { Slot } from './scope.js';
import { rename } from './slots.js';

/** Counts a named relation as read. The engine's own catalogues are no relations of the business. */
export function noteRead(relation: Relation | null, key: string, reference: TableReference, lineage: Lineage): void {
  const system = isSystemSchema(relation?.schema ?? reference.schema ?? '') || (reference.schema === null && reference.name.startsWith('pg_'));
  if (system) return;
  const { unknownRelations, direct } = lineage.result;
  if (!relation) unknownRelations.add(key);
  if (!direct.has(key)) direct.set(key, new Set());
}

/** The columns of a stored relation; those of a view are followed to its tables. `block` takes the tables that are reached. */
export function columnsOf(relation: Relation, key: string, lineage: Lineage, block: Block | null): Slot[] {
  const view = viewOf(relation, key, lineage);
  if (view) {
    for (const table of view.base) lineage.result.base.add(table);
    lineage.result.uses.push(...view.uses);
    const place = lineage.nextPlace();
    const relabel = (name: string): string => `${name}/${place}`;
    block?.children.push(copyBlock(view.block, relabel));
    return view.columns.map((slot) => ({ name: slot.name, flows: relabelled(slot.flows, relabel) }));
  }
  lineage.result.base.add(key);
  const place = lineage.nextPlace();
  block?.tables.push(`${key}@${place}`);
  return relation.columns.map(({ name }) => ({
    name,
    flows: new Map([[`${key}.${name}`, identityFlow([`${key}.${name}@${place}`])]]),
  }));
}

function relabelled(flows: Flows, relabel: (name: string) => string): Flows {
  return new Map([...flows].map(([source, flow]) => [source, flow.at ? { ...flow, at: flow.at.map(relabel) } : flow]));
}

function viewOf(relation: Relation, key: string, lineage: Lineage): ViewResolution | null {
  const { context, expanding } = lineage;
  // A materialised view is stored: reading it does not read its sources. A view within itself is a broken catalogue.
  if (relation.definition === null || relation.kind === 'materialized_view' || expanding.has(key)) return null;
  const known = context.views.get(key);
  if (known) return known;
  const statement = context.parse(relation.definition).statements[0]?.statement;
  if (!statement) return null;
  const inner = new Lineage(context, new Set([...expanding, key]));
  inner.statement(statement);
  const outputs = statement.type === 'create' ? (inner.result.writes.values().next().value ?? []) : inner.result.outputs;
  const view: ViewResolution = {
    columns: rename(outputs, relation.columns.map((column) => column.name)),
    uses: inner.result.uses.map((use) => ({ ...use, span: null })),
    base: inner.result.base,
    block: inner.result.block,
  };
  context.views.set(key, view);
  return view;
}
