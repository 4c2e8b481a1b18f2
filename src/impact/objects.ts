import type { Catalog } from '../model/catalog.js';
import type { Impact, ImpactedThing } from '../model/impact-report.js';
import { subjectOf } from './breaks.js';
import type { PlacedChange, Situation } from './situation.js';

/** Constraints, policies and publications that name what goes: a server refuses the change while they stand, or takes them along. */
export function objectImpacts(situation: Situation): Impact[] {
  const { input: { boundary: { store }, after } } = situation;
  return situation.changes.flatMap((placed) => {
    const { change, original } = placed;
    if (original.relation === null) return [];
    if (change.kind === 'column-dropped' && original.column !== null) return [...ofColumn(placed, store.catalog, after, store.name), ...feeds(placed, store.catalog, store.name)];
    if (change.kind === 'relation-dropped') return [...references(placed, store.catalog, after, store.name), ...feeds(placed, store.catalog, store.name)];
    if (change.kind === 'publication-changed' && (change.removed || change.columnsRemoved.length > 0)) return [unpublished(placed, store.name)];
    return [];
  });
}

function ofColumn(placed: PlacedChange, before: Catalog, after: Catalog, store: string): Impact[] {
  const { relation, column } = { relation: placed.original.relation ?? '', column: placed.original.column ?? '' };
  const word = new RegExp(`(?<![\\w$])${column.replace(/[^\w]/g, '\\$&')}(?![\\w$])`, 'i');
  const policies = before.policies.filter((policy) => `${policy.schema}.${policy.relation}` === relation && policy.using !== null && word.test(policy.using));
  const generated = before.relations.find(({ schema, name }) => `${schema}.${name}` === relation)?.columns.filter((one) => one.name !== column && one.generated !== undefined && word.test(one.generated)) ?? [];
  const lost = before.constraints.filter((constraint) => `${constraint.schema}.${constraint.relation}` === relation && constraint.kind !== 'not_null' && constraint.columns.length > 1 && constraint.columns.includes(column) && !after.constraints.some((one) => one.name === constraint.name && one.relation === constraint.relation && one.schema === constraint.schema));
  return [
    ...policies.map(({ name }) => refused(placed, thing('policy', `${name} on ${relation}`, store), `the policy ${name} on ${relation} uses it`)),
    ...generated.filter((one) => stands(after, relation, one.name)).map((one) => refused(placed, thing('constraint', `${relation}.${one.name}`, store), `the generated column ${relation}.${one.name} is computed from it`)),
    ...lost.map((constraint): Impact => ({
      effect: 'meaning', thing: thing('constraint', `${constraint.name} on ${relation}`, store), changes: [placed.place], through: [], calls: null, confidence: 0.9,
      sentence: `goes with ${relation}.${column}: what it held of ${constraint.columns.filter((one) => one !== column).join(', ')} holds no more`, remedy: 'add what should go on holding as a constraint of its own',
    })),
    ...referring(before, after, relation, (columns) => columns.includes(column)).map((one) => refused(placed, thing('constraint', one, store), `the foreign key ${one} refers to it`)),
  ];
}

function references(placed: PlacedChange, before: Catalog, after: Catalog, store: string): Impact[] {
  return referring(before, after, placed.original.relation ?? '', () => true).map((one) => refused(placed, thing('constraint', one, store), `the foreign key ${one} refers to it`));
}

/** Foreign keys of other relations that still stand after. */
function referring(before: Catalog, after: Catalog, relation: string, fits: (columns: readonly string[]) => boolean): string[] {
  return before.constraints.flatMap((one) => {
    if (one.kind !== 'foreign_key' || one.references === null || `${one.references.schema}.${one.references.relation}` !== relation || `${one.schema}.${one.relation}` === relation || !fits(one.references.columns)) return [];
    const isThere = after.constraints.some(({ schema, relation: own, name }) => schema === one.schema && own === one.relation && name === one.name);
    return isThere ? [`${one.name} on ${one.schema}.${one.relation}`] : [];
  });
}

function stands(catalog: Catalog, relation: string, column: string): boolean {
  return catalog.relations.some(({ schema, name, columns }) => `${schema}.${name}` === relation && columns.some((one) => one.name === column));
}

function refused(placed: PlacedChange, hit: ImpactedThing, because: string): Impact {
  const how = 'cascade' in placed.change && placed.change.cascade;
  return {
    effect: how ? 'meaning' : 'breaks', thing: hit, changes: [placed.place], through: [], calls: null, confidence: 0.9,
    sentence: how ? `is dropped along with ${subjectOf(placed)}: ${because}` : `PostgreSQL refuses the change: ${because}`,
    remedy: how ? null : `drop or change it first, in the same migration`,
  };
}

/** Who is sent rows of it by a publication. */
function feeds(placed: PlacedChange, before: Catalog, store: string): Impact[] {
  const { relation, column } = placed.original;
  return before.publications.flatMap(({ name, allTables, tables }) => {
    const own = tables.find((table) => `${table.schema}.${table.relation}` === relation);
    if (own === undefined && !allTables) return [];
    if (column !== null && own?.columns !== null && own !== undefined && !own.columns.includes(column)) return [];
    const isListed = column !== null && own !== undefined && own.columns !== null;
    return [{
      effect: isListed || column === null ? 'breaks' : 'meaning', thing: thing('publication', name, store), changes: [placed.place], through: [], calls: null, confidence: 0.9,
      sentence: isListed ? `PostgreSQL refuses the change: the column list of ${name} names ${subjectOf(placed)}` : column === null ? `no longer sends ${relation ?? ''}: its copies stand still` : `sends rows of ${relation ?? ''} without ${column}: in its copies new rows have none`,
      remedy: isListed ? `set another column list first: ALTER PUBLICATION … SET TABLE` : 'tell who receives it, before',
    } satisfies Impact];
  });
}

function unpublished(placed: PlacedChange, store: string): Impact {
  const { change } = placed;
  const [name, removed] = change.kind === 'publication-changed' ? [change.publication, change.removed ? 'it at all' : change.columnsRemoved.join(', ')] : ['', ''];
  return { effect: 'breaks', thing: thing('publication', name, store), changes: [placed.place], through: [], calls: null, confidence: 0.8, sentence: `no longer sends ${removed} of ${change.relation}: copies stand still`, remedy: 'tell who receives it, before' };
}

function thing(kind: ImpactedThing['kind'], name: string, store: string): ImpactedThing {
  return { kind, name, owner: null, store, dashboard: null, location: null };
}
