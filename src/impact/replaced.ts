import type { ReadPart } from '../graph/statement-reader.js';
import type { Impact } from '../model/impact-report.js';
import type { MetricComparison } from '../model/metric-verdict.js';
import { dialectOfEngine } from '../sql/dialect.js';
import { comparison, isEqual, withoutHead } from './comparing.js';
import { sqlIdentifier } from '../text/sql-name.js';
import { ofReader } from './impact.js';
import type { Reader } from './readers.js';
import { type PlacedChange, type Situation, wayTo } from './situation.js';
import { said } from './values.js';

/** Views of one migration that are compared in full; the rest is told without proof. */
const VIEWS_MAX = 8;

/** Readers of views that are defined anew, where old and new definition are not proved to give the same. */
export async function replacedViews(situation: Situation, broken: ReadonlySet<Reader>): Promise<Impact[]> {
  const impacts: Impact[] = [];
  let left = VIEWS_MAX;
  for (const placed of situation.changes) {
    const { change, original } = placed;
    if (change.kind !== 'view-replaced') continue;
    const view = original.relation ?? change.relation;
    const verdict = left-- > 0 ? await compared(placed, situation) : null;
    if (verdict !== null && isEqual(verdict)) continue;
    const what = verdict === null || verdict.verdict === 'undecided' ? 'and it was not proved that it gives the same' : (verdict.witness?.words ?? '') === '' ? 'and gives something else' : `and gives something else: ${verdict.witness?.words ?? ''}`;
    const confidence = verdict === null || verdict.verdict === 'undecided' ? 0.5 : 0.95;
    for (const reader of situation.touched) {
      if (broken.has(reader) || !(reader.relations.has(view) || situation.views.way(view, reader.relations) !== null)) continue;
      if (reader.part.resolution.writes.has(view)) continue;
      impacts.push(ofReader(reader, 'meaning', placed, { through: wayTo(view, reader, situation), sentence: said(`${view} is defined anew, ${what}`, 500), remedy: 'compare its answers before and after on a copy', confidence }));
    }
  }
  return impacts;
}

/** Both definitions over the schema after, where the old one still runs; else over the schema before. */
async function compared({ change }: PlacedChange, { input, store, definitions, after }: Situation): Promise<MetricComparison | null> {
  if (change.kind !== 'view-replaced') return null;
  const old = definitions.find(({ thing }) => thing.kind === 'view' && thing.name === change.relation);
  const now = after.read(change.after, null).parts[0];
  if (old === undefined || now === undefined || store === '') return null;
  const relations = new Set([...old.part.resolution.direct.keys(), ...now.resolution.direct.keys()].filter((name) => name !== change.relation));
  const known = new Set(input.after.relations.map(({ schema, name }) => `${schema}.${name}`));
  const catalog = [...relations].every((name) => known.has(name)) ? input.after : input.boundary.store.catalog;
  const dialect = dialectOfEngine(input.boundary.store.engine).id;
  const texts = sharedColumns({ old: old.part, now, relation: change.relation, texts: [change.before, change.after] });
  return comparison({ names: ['the old definition', 'the new one'], texts, relations, catalog, dialect, timeZone: input.timeZone ?? null }, input.parse, input.scratch ?? null);
}

interface Definitions {
  relation: string;
  old: ReadPart;
  now: ReadPart;
  texts: readonly [string, string];
}

/** Both definitions with the columns that both have: nobody reads new ones yet, and who reads those that went fails. */
function sharedColumns({ relation, old, now, texts: [before, after] }: Definitions): [string, string] {
  const names = (old.resolution.writes.get(relation) ?? old.resolution.outputs).map(({ name }) => name);
  const own = now.resolution.outputs.map(({ name }) => name);
  const shared = names.filter((name) => own.includes(name));
  if (shared.length === 0) return [before, after];
  const only = (text: string): string => `SELECT ${shared.map(sqlIdentifier).join(', ')} FROM (${withoutHead(text.trim().replace(/;$/, ''))}) AS definition`;
  return [shared.length < names.length ? only(before) : before, shared.length < own.length ? only(after) : after];
}
