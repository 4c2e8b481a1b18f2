import type { StoreBoundary } from '../graph/boundary.js';
import { CONTROLS, type Control, type ControlState, CORRECTNESS_LEVELS, type CorrectnessLevel } from '../model/classified-consumer.js';
import type { Configuration } from '../model/configuration.js';
import type { MetricSummary } from '../model/report.js';
import type { Snapshot } from '../model/snapshot.js';
import { like } from '../text/glob.js';
import { textsOf } from './propose.js';
import type { Unit } from './units.js';

/** Part 066 §15. A level needs its own controls and those of the levels between it and the operational dashboard. */
const OWN: Record<CorrectnessLevel, readonly Control[]> = {
  exploratory: ['caveat'],
  'operational-dashboard': ['freshness-watermark'],
  'management-dashboard': ['metric-contract', 'reconciliation'],
  'financial-regulatory': ['reproducible-run', 'approval', 'lineage'],
  'legal-evidence': ['immutable-evidence', 'provenance'],
};

export function controlsOfLevel(level: CorrectnessLevel): Control[] {
  if (level === 'exploratory') return [...OWN.exploratory];
  return CORRECTNESS_LEVELS.slice(1, CORRECTNESS_LEVELS.indexOf(level) + 1).flatMap((below) => OWN[below]);
}

export interface ControlContext {
  boundaries: readonly StoreBoundary[];
  snapshot: Snapshot;
  configuration: Configuration;
  metrics: readonly MetricSummary[];
}

type Found = Pick<ControlState, 'state' | 'evidence'>;

/** What of §15 a consumer has. What would tell and could not be looked at is unknown. */
export function controlsOf(unit: Unit, level: CorrectnessLevel | null, context: ControlContext): ControlState[] {
  const required = new Set(level === null ? [] : controlsOfLevel(level));
  const looks: Record<Control, () => Found> = {
    caveat: () => caveat(unit),
    'freshness-watermark': () => watermark(unit, context),
    'metric-contract': () => metricContract(unit, context),
    reconciliation: () => reconciliation(unit, context),
    'reproducible-run': () => officialRun(unit, context, ({ byStatus }) => (byStatus['SUCCEEDED'] ?? 0) + (byStatus['APPROVED'] ?? 0) > 0, 'a recorded run'),
    approval: () => officialRun(unit, context, ({ approved }) => approved > 0, 'an approved run'),
    lineage: () => lineage(unit),
    'immutable-evidence': () => immutable(unit),
    provenance: () => provenance(unit),
  };
  return CONTROLS.map((control) => ({ control, required: required.has(control), ...looks[control]() }));
}

const present = (evidence: string): Found => ({ state: 'present', evidence });
const absent = (evidence: string): Found => ({ state: 'absent', evidence });
const unknown = (evidence: string): Found => ({ state: 'unknown', evidence });

function caveat(unit: Unit): Found {
  const [name, parts] = textsOf(unit);
  const found = /\b(?:caveat|provisional|preliminary|draft|estimate|approximate|ad[ -]?hoc|not official|do not use|vorläufig|provisoire)\b/i.exec(`${name} ${parts}`);
  return found ? present(`its texts say "${found[0].toLowerCase()}"`) : absent('none of its texts says how far it can be relied on');
}

const WATERMARK_COLUMN = /watermark|last_success|last_load|loaded_at|refreshed_at|synced_at|data_as_of|as_of/i;

function watermark(unit: Unit, { configuration, snapshot }: ControlContext): Found {
  const control = unit.sent.find(({ access, boundary }) => access.statement.relations.some((relation) => boundary.zones.get(relation)?.zone === 'control'));
  if (control) return present(`a card reads ${control.access.statement.relations.find((relation) => control.boundary.zones.get(relation)?.zone === 'control') ?? ''}`);
  const shown = unit.sent.flatMap(({ access }) => access.part?.resolution.outputs ?? []).map(({ name }) => name).find((name) => WATERMARK_COLUMN.test(name));
  if (shown !== undefined) return present(`shows ${shown}`);
  const product = configuration.live.dataProducts.find(({ objective, relation }) => objective !== null && relation !== null && reads(unit, relation));
  if (product) return present(`data product ${product.name} has an objective that tidemark watch holds`);
  if (unit.sent.every(({ boundary }) => boundary.store.role === 'operational')) return present('reads the authority itself, which is never stale');
  if (unit.sent.every(({ access }) => access.part === null)) return unknown('none of its statements could be read');
  const tables = snapshot.stores.some(({ control: kept }) => (kept?.watermarks.length ?? 0) > 0) ? ', although the store keeps watermarks' : '';
  return absent(`no card shows how far its data goes${tables}`);
}

function metricContract(unit: Unit, { snapshot, configuration }: ControlContext): Found {
  const zones = unit.sent.flatMap(({ access, boundary }) => access.statement.direct_relations.map((relation) => boundary.zones.get(relation)?.zone ?? 'unknown'));
  if (zones.length === 0) return unknown('none of its statements could be read');
  const governed = zones.filter((zone) => zone === 'semantic' || zone === 'contract').length;
  if (governed === zones.length) return present('reads semantic views or contracts only');
  const relations = [...(configuration.metrics ?? []).flatMap(({ relation }) => relation ?? []), ...snapshot.queries.filter(({ declaration }) => declaration !== undefined).flatMap(({ builds }) => builds?.name ?? [])];
  const declared = relations.find((relation) => reads(unit, relation));
  if (declared !== undefined && governed * 2 >= zones.length) return present(`its metrics are declared over ${declared}`);
  return absent(governed === 0 ? 'defines its metrics itself, over tables' : `${zones.length - governed} of its ${zones.length} readings go past semantic views`);
}

function reconciliation(unit: Unit, { configuration, boundaries, snapshot }: ControlContext): Found {
  const pair = configuration.live.reconcile.find(({ source, target }) => reads(unit, target.relation) || reads(unit, source.relation) || behind(unit, target.relation, boundaries));
  if (pair) return present(`pair ${pair.name} is reconciled`);
  const checked = snapshot.queries.find(({ role, asserts }) => role === 'quality-check' && (asserts ?? []).some(({ relation }) => reads(unit, relation)));
  if (checked) return present(`${checked.title ?? checked.id} checks what it reads`);
  if (unit.sent.every(({ boundary }) => boundary.store.role === 'operational')) return present('reads the authority itself, with nothing between to reconcile');
  return absent('nothing reconciles what it reads with its source');
}

/** Whether what is read is built from a relation, by views and models of the store. */
function behind(unit: Unit, relation: string, boundaries: readonly StoreBoundary[]): boolean {
  const names = new Set(unit.sent.flatMap(({ access }) => access.statement.relations));
  return boundaries.some(({ accesses }) => accesses.some(({ consumer, statement }) => names.has(consumer.builds) && statement.relations.includes(relation)));
}

function officialRun(unit: Unit, { snapshot }: ControlContext, holds: (record: NonNullable<StoreReports>[number]) => boolean, what: string): Found {
  const reports = snapshot.stores.flatMap(({ control }) => control?.reports ?? []);
  const own = reports.filter(({ report }) => isNamed(unit, report));
  if (own.some(holds)) return present(`${what} of ${own.find(holds)?.report ?? ''} stands in ${own.find(holds)?.relation ?? ''}`);
  if (own.length > 0) return absent(`${own[0]?.relation ?? ''} has runs of ${own[0]?.report ?? ''}, and none is ${what}`);
  return snapshot.stores.some(({ control }) => control === undefined) ? unknown('the control tables of some store were not looked at') : absent(`no store keeps ${what} of it`);
}

type StoreReports = NonNullable<Snapshot['stores'][number]['control']>['reports'];

function lineage(unit: Unit): Found {
  const unread = unit.sent.filter(({ access }) => access.statement.status !== 'parsed').length;
  if (unread === unit.sent.length) return unknown('none of its statements could be read');
  return unread === 0 ? present('every column of its statements leads to stored ones') : unknown(`${unread} of its ${unit.sent.length} statements could be read in part only`);
}

const CHANGES = ['UPDATE', 'DELETE', 'TRUNCATE'];

function immutable(unit: Unit): Found {
  const read = unit.sent.flatMap(({ access, boundary }) => access.statement.relations.map((relation) => ({ relation, boundary })));
  if (read.length === 0) return unknown('none of its statements could be read');
  const openTo = read.flatMap(({ relation, boundary }) => boundary.store.catalog.grants.filter(({ schema, relation: name, privileges }) => `${schema}.${name}` === relation && privileges.some((privilege) => CHANGES.some((change) => privilege.startsWith(change)))).map(({ grantee }) => `${grantee} may change ${relation}`));
  const [first] = openTo;
  if (first !== undefined) return absent(first);
  return read.every(({ boundary }) => boundary.store.engine === 'postgres') ? present('no role but the owner may change what it reads') : unknown('the rights of the store could not be looked at');
}

function provenance(unit: Unit): Found {
  const read = unit.sent.flatMap(({ access, boundary }) => boundary.store.catalog.relations.filter(({ schema, name }) => access.statement.relations.includes(`${schema}.${name}`)));
  if (read.length === 0) return unknown('none of its relations is in the catalogue');
  const without = read.find(({ columns }) => !columns.some(({ name }) => /(?:^|_)(?:source|origin|load|loaded|ingested|ingest|batch|lsn|sha256|hash|command_id|event_id)(?:_|$)/i.test(name)));
  return without === undefined ? present('what it reads has the source and the load of each row') : absent(`${without.schema}.${without.name} says of no row where it comes from`);
}

function reads({ sent }: Unit, relation: string): boolean {
  return sent.some(({ access }) => access.statement.relations.includes(relation) || access.statement.direct_relations.includes(relation) || access.statement.direct_relations.some((name) => like(name, relation)));
}

/** `monthly_enforcement` is `Monthly enforcement`, as the name of the consumer or of one of its parts. */
function isNamed(unit: Unit, report: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  const wanted = plain(report);
  return wanted.length > 3 && [unit.name, ...unit.sent.map(({ access }) => access.consumer.name), ...unit.sent.flatMap(({ access }) => access.query?.title ?? [])].some((name) => ` ${plain(name)} `.includes(` ${wanted} `));
}
