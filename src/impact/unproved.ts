import type { MetricGroup } from '../model/metric-report.js';
import type { Impact } from '../model/impact-report.js';
import type { MetricComparison, RestsOn } from '../model/metric-verdict.js';
import { dialectOfEngine } from '../sql/dialect.js';
import { comparison, isEqual } from './comparing.js';
import type { PlacedChange, Situation } from './situation.js';
import { said } from './values.js';

/** Pairs that are proved again; the rest of a large group is told by its first pairs. */
const PAIRS_MAX = 12;

/** Definitions that are equal only while a constraint holds that is changed, and are not proved equal without it. */
export async function unprovedImpacts(situation: Situation): Promise<Impact[]> {
  const impacts: Impact[] = [];
  let left = PAIRS_MAX;
  for (const group of situation.input.metrics ?? []) {
    if (group.store !== situation.store) continue;
    for (const { first, second, comparison: before } of group.pairs) {
      if (before.verdict !== 'equal-under') continue;
      const causes = situation.changes.filter((placed) => before.restsOn.some((constraint) => touches(placed, constraint)));
      if (causes.length === 0) continue;
      const now = left-- > 0 ? await again(group, first, second, situation) : null;
      if (now !== null && isEqual(now)) continue;
      impacts.push(impactOf(group, [first, second], causes, before, now, situation));
    }
  }
  return impacts;
}

/** Whether a change may take away what an equality rests on. */
function touches({ change, original }: PlacedChange, constraint: RestsOn): boolean {
  if (original.relation !== `${constraint.schema}.${constraint.relation}`) return false;
  const isColumn = original.column !== null && constraint.columns.includes(original.column);
  switch (change.kind) {
    case 'constraint-dropped':
      return change.constraint.kind === constraint.kind && (constraint.name === null ? sameColumns(change.constraint.columns, constraint.columns) : change.constraint.name === constraint.name);
    case 'column-nullable':
      return change.nullable && isColumn && (constraint.kind === 'not_null' || constraint.kind === 'primary_key');
    case 'column-type':
      return isColumn;
    case 'values-changed':
      return isColumn && (constraint.kind === 'check' || constraint.kind === 'type');
    default:
      return false;
  }
}

function sameColumns(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((column) => b.includes(column));
}

async function again(group: MetricGroup, first: number, second: number, { input, store }: Situation): Promise<MetricComparison | null> {
  const texts = [group.definitions[first]?.sql, group.definitions[second]?.sql];
  const [a, b] = texts;
  if (a === undefined || b === undefined) return null;
  const relations = new Set(group.members.filter((member) => member.store === store).flatMap((member) => member.relations));
  const dialect = dialectOfEngine(input.boundary.store.engine).id;
  return comparison({ names: namesOf(group, [first, second]), texts: [a, b], relations, catalog: input.after, dialect, timeZone: input.timeZone ?? null }, input.parse, input.scratch ?? null);
}

/** The title of a card for each definition, or what the definition says where both have one title. */
function namesOf(group: MetricGroup, places: readonly [number, number]): [string, string] {
  const name = (place: number, other: number): string => {
    const consumers = consumersOf(group, place);
    const title = consumers[0]?.title ?? group.name;
    return title === consumersOf(group, other)[0]?.title ? (consumers[0]?.consumer ?? title) : title;
  };
  return [name(places[0], places[1]), name(places[1], places[0])];
}

function consumersOf(group: MetricGroup, place: number): MetricGroup['members'] {
  return (group.definitions[place]?.members ?? []).flatMap((member) => group.members[member] ?? []);
}

function impactOf(group: MetricGroup, places: readonly [number, number], causes: readonly PlacedChange[], before: MetricComparison, now: MetricComparison | null, { store }: Situation): Impact {
  const [a, b] = namesOf(group, places);
  const lost = before.restsOn.filter((constraint) => causes.some((cause) => touches(cause, constraint))).map(({ text }) => text);
  const shown = now === null || now.verdict === 'undecided'
    ? 'and it was not proved that they are without it'
    : now.witness === null || now.witness.words === '' ? 'and are not without it' : `and without it ${now.witness.words}`;
  const owners = [...new Set(places.flatMap((place) => consumersOf(group, place)).flatMap(({ owner }) => owner ?? []))].sort();
  return {
    effect: 'unproved',
    thing: { kind: 'metric', name: group.name, owner: owners[0] ?? null, store, dashboard: null, location: null },
    changes: causes.map(({ place }) => place),
    through: [],
    sentence: said(`${a} and ${b} are equal only while ${lost.join(' and ')} holds, ${shown}`, 600),
    remedy: `keep ${lost.join(' and ')}, or let both read one definition first`,
    confidence: now === null || now.verdict === 'undecided' ? 0.6 : 0.95,
    calls: null,
  };
}
