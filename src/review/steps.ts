import type { Finding } from '../model/finding.js';
import type { StepState } from '../model/review.js';
import type { Zone } from '../model/store.js';
import { isAmong } from './checklist/asked.js';
import { hasKey } from './checklist/movement.js';
import { type Concept, type Place, same } from './concepts.js';
import type { Look } from './input.js';

type Cell = Omit<StepState, 'step'>;

const done = (evidence: string): Cell => ({ state: 'done', evidence });
const open = (evidence: string): Cell => ({ state: 'open', evidence });
const unseen = (evidence: string): Cell => ({ state: 'unknown', evidence });

/** The seven steps, each on one concept. */
export const CELLS: readonly ((concept: Concept, look: Look) => Cell)[] = [authority, path, raw, curated, metric, checked, compatible];

function authority({ configured, origins, via }: Concept, look: Look): Cell {
  const [origin] = origins;
  if (configured === null) return open(`${origin?.relation ?? 'nothing'} is taken for it, as it is ${via}; nobody has named it`);
  if (configured.authority === null) return open('the configuration names no authority');
  if (origin === undefined) return unseen(`${configured.authority.relation} was not seen in any store`);
  const [against] = found(look, origins, ['analytics-writes-operational', 'warehouse-used-as-authority', 'concept-*']);
  return against === undefined ? done(`${origin.relation} on ${origin.store} is named as the authority`) : open(against.message);
}

function path({ configured, origins, downstream }: Concept, look: Look): Cell {
  const stores = new Set(origins.map(({ store }) => store));
  const ways = look.movements.filter(({ from, to }) => !stores.has(to.store) && [...origins, ...downstream].some((place) => same(place, from)) && stores.has(from.store));
  const [way] = ways;
  const written = configured?.movement ?? null;
  if (way === undefined) return written === null ? unseen('nothing tells how it leaves production') : unseen(`${written} is written down, and nothing was seen of it`);
  const seen = `${way.by} carries it to ${way.to.store} ${way.to.relation}`;
  return written === null ? open(`${seen}; that is written down nowhere`) : done(`${written} is written down; ${seen}`);
}

function raw(concept: Concept, look: Look): Cell {
  const landed = within(concept, look, ['raw']);
  const [first] = landed;
  if (first === undefined) return concept.downstream.some(({ store }) => isWarehouse(look, store)) ? open('it reaches the warehouse, and nothing of it lies in a raw zone') : unseen('nothing of it was seen in a warehouse');
  const [against] = found(look, landed, ['raw-*']);
  if (against !== undefined) return open(against.message);
  const { store } = look.boundaries.find((boundary) => boundary.store.name === first.store) ?? {};
  if (store?.statementWindow == null) return unseen(`it lands in ${first.relation}; who changes that cannot be seen on ${store?.engine ?? first.store}`);
  return done(`it lands in ${first.relation}, and nobody was seen changing it`);
}

function curated(concept: Concept, look: Look): Cell {
  const marts = within(concept, look, ['mart', 'semantic']);
  const [first] = marts;
  if (first === undefined) return concept.downstream.some(({ store }) => isWarehouse(look, store)) ? open('it reaches the warehouse, and no mart is made of it') : unseen('no mart of it was seen');
  const [against] = found(look, marts, ['table-*', 'design-*']);
  if (against !== undefined) return open(against.message);
  const keyed = marts.find(({ store, relation }) => hasKey(look.snapshot.stores.find(({ name }) => name === store), relation));
  return keyed === undefined ? unseen(`${first.relation} is made of it; its engine keeps no key that would tell its grain`) : done(`${keyed.relation} has a key, which is its grain`);
}

function metric({ configured, origins, downstream }: Concept, look: Look): Cell {
  const places = [...origins, ...downstream];
  const names = new Set([
    ...(configured?.metrics ?? []),
    ...(look.report.metrics ?? []).filter(({ store, relation }) => places.some((place) => place.store === store && place.relation === relation)).map(({ name }) => name),
    ...(look.configuration.metrics ?? []).filter(({ relation }) => relation !== null && places.some((place) => place.relation === relation)).map(({ name }) => name),
  ]);
  const [first] = names;
  if (first === undefined) return unseen('no metric of it is declared or claimed by several dashboards');
  const against = look.report.findings.filter(({ ruleId, relation, level }) => level !== 'note' && ruleId.startsWith('metric-') && names.has(relation));
  if (against[0] !== undefined) return open(against[0].message);
  const undeclared = [...names].filter((name) => !(look.configuration.metrics ?? []).some((one) => one.name === name) && configured?.metrics.includes(name) !== true);
  return undeclared[0] === undefined ? done(`declared, and all who claim it agree: ${[...names].sort().join(', ')}`) : open(`${undeclared[0]} is claimed by several dashboards and declared nowhere`);
}

function checked({ origins, downstream }: Concept, look: Look): Cell {
  const pair = look.configuration.live.reconcile.find(({ source, target }) => origins.some((one) => same(one, source)) && downstream.some((one) => same(one, target)))
    ?? look.configuration.live.reconcile.find(({ source }) => origins.some((one) => same(one, source)));
  if (pair === undefined) return open('no pair compares it with what analytics has of it');
  const sides = `${pair.source.relation} is compared with ${pair.target.relation} by the pair ${pair.name}`;
  const [against] = found(look, [...origins, ...downstream], ['table-untested*', 'mart-untested*']);
  return against === undefined ? done(sides) : open(against.message);
}

function compatible(concept: Concept, look: Look): Cell {
  const stores = new Set(concept.origins.map(({ store }) => store));
  const contracts = within(concept, look, ['contract']).filter(({ store }) => stores.has(store));
  const [first] = contracts;
  if (first === undefined) return concept.origins.length === 0 ? unseen('its authority is not known') : open('no contract publishes it');
  const [against] = found(look, contracts, ['contract-*']);
  if (against !== undefined) return open(against.message);
  const rows = look.snapshot.stores.flatMap(({ contractRegistry }) => contractRegistry?.rows ?? []);
  const row = rows.find(({ name }) => contracts.some(({ relation }) => relation === name || relation.endsWith(`.${name}`)));
  if (row === undefined) return open(`${first.relation} is registered nowhere`);
  return row.policy === null ? open(`${row.name} is registered without a policy of compatibility`) : done(`${row.name} is registered${row.version === null ? '' : ` as version ${row.version}`} with the policy ${row.policy}`);
}

/** Errors and warnings of these rules on these relations. */
function found({ report }: Look, places: readonly Place[], rules: readonly string[]): Finding[] {
  return report.findings.filter(({ ruleId, level, store, relation }) => level !== 'note' && isAmong(ruleId, rules) && places.some((place) => place.store === store && place.relation === relation));
}

function within({ downstream }: Concept, { boundaries }: Look, zones: readonly Zone[]): Place[] {
  return downstream.filter(({ store, relation }) => zones.includes(boundaries.find((boundary) => boundary.store.name === store)?.zones.get(relation)?.zone ?? 'unknown'));
}

function isWarehouse({ boundaries }: Look, name: string): boolean {
  return boundaries.some(({ store }) => store.name === name && store.role === 'warehouse');
}
