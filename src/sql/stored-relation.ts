import type { Column, Relation } from '../model/catalog.js';
import type { TableReference } from '../model/syntax-tree.js';
import { type Block, copyBlock, emptyBlock } from './block.js';
import { type Flows, identityFlow, mergeFlows, through } from './flow.js';
import { Lineage, type ViewResolution } from './lineage.js';
import { isSystemSchema, relationKey } from './schema-index.js';
import { type Scope, type Slot, type VisibleRelation, named, openSource, relationOfSlots } from './scope.js';
import { rename } from './slots.js';

/** A named relation as FROM sees it: a common table, a stored relation, or one that nobody knows. */
export function readTable(reference: TableReference, scope: Scope, lineage: Lineage, block: Block | null): VisibleRelation {
  const alias = reference.alias ?? reference.name;
  const aliased = reference.alias !== null;
  const entry = reference.schema === null ? scope.commonTable(reference.name) : undefined;
  if (entry) {
    const { columns, block: inner } = entry.resolve();
    if (block && !block.children.includes(inner)) block.children.push(inner);
    return { ...relationOfSlots(alias, columns, reference.columnAliases), aliased };
  }
  const relation = lineage.context.index.find(reference.schema, reference.name, lineage.context.searchPath);
  const unpacked = relation ? null : unpackedColumn(reference, alias, scope, lineage);
  if (unpacked) return unpacked;
  if (!relation && reference.name.endsWith('*')) return wildcard(reference, alias, lineage, block);
  const key = relation ? relationKey(relation) : writtenName(reference);
  const schema = aliased ? null : (reference.schema ?? relation?.schema ?? null);
  if (block) noteRead(relation, key, reference, lineage);
  const columns = relation ? columnsOf(relation, key, lineage, block) : [];
  const place = relation || !block || isSystem(null, reference) ? null : unknownPlace(key, lineage, block);
  const visible = relationOfSlots(alias, columns, []);
  const renamed = visible.columns.map((slot, position): Slot => {
    const name = reference.columnAliases[position];
    return name === undefined ? slot : { ...named(slot, name), stored: slot.spelling ?? slot.name };
  });
  return { ...visible, columns: renamed, aliased, schema, key, open: relation ? visible.open : [openSource(key, place)] };
}

/** A relation that no catalogue has is read as one that has, and by what it is compared with. */
function unknownPlace(key: string, lineage: Lineage, block: Block): number {
  const place = lineage.nextPlace();
  block.tables.push(`${key}@${place}`);
  return place;
}

function isSystem(relation: Relation | null, reference: TableReference): boolean {
  return isSystemSchema(relation?.schema ?? reference.schema ?? '') || (reference.schema === null && reference.name.startsWith('pg_'));
}

/** `FROM orders o, o.payload.items i`: a value of the relation to the left, unpacked (Redshift, BigQuery). */
function unpackedColumn({ catalog, schema, name, span }: TableReference, alias: string, scope: Scope, lineage: Lineage): VisibleRelation | null {
  const parts = [catalog, schema, name].filter((part) => part !== null);
  if (parts.length < 2 || lineage.context.dialect.id === 'postgres' || !scope.relations.some((visible) => visible.alias === parts[0])) return null;
  const flows = through(lineage.flows({ type: 'column', parts, span }, scope, emptyBlock()), 'raw');
  return { ...relationOfSlots(alias, [{ name: alias, flows }], []), aliased: true, scalar: true, rest: flows };
}

/** BigQuery reads `events_*` from every table of such a name ("Querying multiple tables using a wildcard table"). */
function wildcard(reference: TableReference, alias: string, lineage: Lineage, block: Block | null): VisibleRelation {
  const { index, searchPath } = lineage.context;
  const beginning = lineage.folded(reference.name.slice(0, -1));
  const isMeant = ({ schema, name }: Relation): boolean =>
    lineage.folded(name).startsWith(beginning) && (reference.schema === null ? searchPath.length === 0 || searchPath.includes(schema) : lineage.folded(schema) === lineage.folded(reference.schema));
  const columns = new Map<string, Slot>();
  for (const relation of [...index.relations()].filter(isMeant)) {
    const key = relationKey(relation);
    if (block) noteRead(relation, key, reference, lineage);
    for (const slot of columnsOf(relation, key, lineage, block)) {
      const known = columns.get(slot.name);
      columns.set(slot.name, known ? { ...known, flows: mergeFlows(new Map(known.flows), slot.flows) } : slot);
    }
  }
  const key = writtenName(reference);
  if (columns.size === 0 && block) noteRead(null, key, reference, lineage);
  const place = columns.size === 0 && block ? unknownPlace(key, lineage, block) : null;
  const visible = relationOfSlots(alias, [...columns.values()], []);
  return { ...visible, aliased: reference.alias !== null, key, open: columns.size === 0 ? [openSource(key, place)] : visible.open };
}

/** Counts a named relation as read. The engine's own catalogues are no relations of the business. */
function noteRead(relation: Relation | null, key: string, reference: TableReference, lineage: Lineage): void {
  if (isSystem(relation, reference)) return;
  const { unknownRelations, direct } = lineage.result;
  if (!relation) unknownRelations.add(key);
  if (!direct.has(key)) direct.set(key, new Set());
}

/** The columns of a stored relation; those of a view are followed to its tables. `block` takes the tables that are reached. */
function columnsOf(relation: Relation, key: string, lineage: Lineage, block: Block | null): Slot[] {
  const view = viewOf(relation, key, lineage);
  if (view) {
    if (block) readView(view, key, lineage);
    const place = lineage.nextPlace();
    const relabel = (name: string): string => `${name}/${place}`;
    block?.children.push(copyBlock(view.block, relabel));
    return view.columns.map((slot) => ({ ...slot, flows: relabelled(slot.flows, relabel) }));
  }
  if (block) lineage.result.base.add(key);
  const place = lineage.nextPlace();
  block?.tables.push(`${key}@${place}`);
  return relation.columns.map((column) => columnSlot(key, column, place, lineage));
}

function columnSlot(key: string, { name, fields }: Column, place: number, lineage: Lineage): Slot {
  const flows: Flows = new Map([[`${key}.${name}`, identityFlow([`${key}.${name}@${place}`])]]);
  const folded = lineage.folded(name);
  const slot = folded === name ? { name, flows } : { name: folded, flows, spelling: name };
  if (!fields || fields.length === 0) return slot;
  // No source is finer than a stored column.
  return { ...slot, row: relationOfSlots(name, fields.map((field): Slot => ({ name: field, flows: through(flows, 'raw') })), []) };
}

function readView(view: ViewResolution, key: string, lineage: Lineage): void {
  for (const table of view.base) lineage.result.base.add(table);
  for (const use of view.uses) lineage.noteUse({ ...use });
  for (const message of view.uncertain) lineage.diagnose(`in the view ${key}: ${message}`, null);
}

function relabelled(flows: Flows, relabel: (name: string) => string): Flows {
  return new Map([...flows].map(([source, flow]) => [source, flow.at ? { ...flow, at: flow.at.map(relabel) } : flow]));
}

function viewOf(relation: Relation, key: string, lineage: Lineage): ViewResolution | null {
  const { context, within } = lineage;
  // A materialised view is stored: reading it does not read its sources. A view within itself is a broken catalogue.
  if (relation.definition === null || relation.kind === 'materialized_view' || within.expanding.has(key)) return null;
  const known = context.views.get(key);
  if (known) return known;
  const statement = context.parse(relation.definition).statements[0]?.statement;
  if (!statement) {
    lineage.diagnose(`the definition of the view ${key} could not be read: which tables it reads is not known`, null);
    return null;
  }
  const inner = new Lineage(context, { expanding: new Set([...within.expanding, key]) });
  inner.statement(statement);
  const { result } = inner;
  const outputs = statement.type === 'create' ? (result.writes.values().next().value ?? []) : result.outputs;
  const names = relation.columns.map(({ name }) => name);
  const view: ViewResolution = {
    columns: rename(outputs, names).map((slot) => ofView(slot, lineage)),
    uses: result.uses.map((use) => ({ ...use, span: null })),
    base: result.base,
    block: result.block,
    uncertain: [...result.diagnostics.map(({ message }) => message), ...[...result.opaque].map((what) => `${what} is not understood in full`)],
  };
  context.views.set(key, view);
  return view;
}

/** A column of a view, without the places of the view's own text. */
function ofView(slot: Slot, lineage: Lineage): Slot {
  const flows = withoutSpans(slot.flows);
  const folded = lineage.folded(slot.name);
  return folded === slot.name ? { name: slot.name, flows } : { name: folded, flows, spelling: slot.name };
}

export function withoutSpans(flows: Flows): Flows {
  const result: Flows = new Map();
  for (const [source, { mask, identity, transformation, at }] of flows) {
    result.set(source, at === undefined ? { mask, identity, transformation, spans: [] } : { mask, identity, transformation, spans: [], at });
  }
  return result;
}

export function writtenName(reference: { schema: string | null; name: string }): string {
  return reference.schema === null ? reference.name : `${reference.schema}.${reference.name}`;
}
