import type { Impact, ImpactedThing } from '../model/impact-report.js';
import type { PlacedChange, Situation } from './situation.js';

/** Who sees more than before: personal columns in views, contracts and publications, rights and row security. */
export function wideningImpacts(situation: Situation): Impact[] {
  return situation.changes.flatMap((placed) => {
    const { change } = placed;
    switch (change.kind) {
      case 'view-replaced':
        return ofView(change.relation, placed, situation, true);
      case 'relation-added':
        return ofView(change.relation, placed, situation, false);
      case 'column-added':
        return published(placed, situation);
      case 'publication-changed':
        return change.columnsAdded.flatMap((column) => personalOf(`${change.relation}.${column}`, situation).map((what) => impact(placed, thing('publication', change.publication, situation), `sends ${change.relation}.${column} (${what}) to its copies from now on`, 0.85)));
      case 'privilege-granted':
        return granted(placed, situation);
      default:
        return [];
    }
  });
}

/** Personal columns that a view shows now and did not before. */
function ofView(name: string, placed: PlacedChange, situation: Situation, existed: boolean): Impact[] {
  const now = situation.relationsAfter.get(name);
  if (now?.definition == null) return [];
  const before = existed ? situation.definitions.find(({ thing: { kind, name: own } }) => kind === 'view' && own === name) : undefined;
  const shown = new Set(before === undefined ? [] : [...before.uses].flatMap(([relation, columns]) => [...columns].flatMap(([column, uses]) => (uses.has('shown') ? [`${relation}.${column}`] : []))));
  const gained = situation.after.read(now.definition, null).parts.flatMap((part) => part.resolution.outputs.flatMap(({ flows }) => [...flows].flatMap(([column, flow]) => (flow.mask === 'raw' && !shown.has(column) ? [column] : []))));
  const isContract = situation.input.boundary.zones.get(name)?.zone === 'contract';
  return [...new Set(gained)].flatMap((column) => personalOf(column, situation).map((what) => impact(placed, { ...thing(isContract ? 'contract' : 'view', name, situation), owner: now.owner }, `shows ${column} (${what}) from now on`, existed ? 0.9 : 0.7)));
}

/** A publication without a column list sends what is added. */
function published(placed: PlacedChange, situation: Situation): Impact[] {
  const { change } = placed;
  if (change.kind !== 'column-added') return [];
  const { catalog } = situation.input.boundary.store;
  const sending = catalog.publications.filter(({ allTables, tables }) => allTables || tables.some((table) => table.columns === null && `${table.schema}.${table.relation}` === placed.original.relation));
  return personalOf(`${change.relation}.${change.column}`, situation).flatMap((what) => sending.map(({ name }) => impact(placed, thing('publication', name, situation), `sends the new column ${change.relation}.${change.column} (${what}) to its copies, as it has no column list`, 0.85)));
}

const READING = /^(?:SELECT|ALL)\b/i;

function granted(placed: PlacedChange, situation: Situation): Impact[] {
  const { change } = placed;
  if (change.kind !== 'privilege-granted' || !change.privileges.some((privilege) => READING.test(privilege))) return [];
  const columns = situation.relationsAfter.get(change.relation)?.columns.map(({ name }) => name) ?? [];
  const personal = columns.flatMap((column) => personalOf(`${change.relation}.${column}`, situation).map((what) => `${column} (${what})`));
  const purpose = situation.input.boundary.roles.get(change.grantee)?.purpose;
  const isOutside = change.grantee === 'public' || purpose === 'reporting' || purpose === 'person';
  if (!isOutside && personal.length === 0) return [];
  if (situation.input.boundary.zones.get(change.relation)?.zone === 'contract' && personal.length === 0) return [];
  const what = personal.length === 0 ? '' : `, with ${personal.slice(0, 4).join(', ')}`;
  return [impact(placed, thing('role', `role ${change.grantee}`, situation), `may read ${change.relation} from now on${what}`, 0.8)];
}

function personalOf(column: string, { input: { personal } }: Situation): string[] {
  const what = personal?.get(column);
  return what === undefined ? [] : [what];
}

function impact({ place }: PlacedChange, hit: ImpactedThing, sentence: string, confidence: number): Impact {
  return { effect: 'widens', thing: hit, changes: [place], through: [], sentence, remedy: 'decide who may see it, and mask it on the way for everyone else', confidence, calls: null };
}

function thing(kind: ImpactedThing['kind'], name: string, { store }: Situation): ImpactedThing {
  return { kind, name, owner: null, store, dashboard: null, location: null };
}

