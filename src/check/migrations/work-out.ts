import type { JoinedInFull } from '../../audit.js';
import type { StoreBoundary } from '../../graph/boundary.js';
import { timeZoneOf } from '../../graph/metric-inputs.js';
import { metricAnalysis } from '../../graph/metric-subjects.js';
import { movementsOf } from '../../graph/movement/index.js';
import { type ImpactWithUnread, impactWithUnread } from '../../impact/index.js';
import type { AppliedMigrations } from '../../migrations/index.js';
import type { Catalog } from '../../model/catalog.js';
import type { Configuration } from '../../model/configuration.js';
import type { MetricGroup } from '../../model/metric-report.js';
import type { MigrationFile, SchemaChange } from '../../model/migration.js';
import type { ScratchSpace } from '../../model/scratch-engine.js';
import type { Engine } from '../../model/store.js';
import { classifiedOnce } from '../../privacy/classified-once.js';
import { dialectOfEngine } from '../../sql/dialect.js';
import type { Parsers } from '../../sql/parse/parsers.js';

/** Migrations of one store, applied to its catalogue, and who reads it. */
export interface MigrationWork {
  files: readonly MigrationFile[];
  applied: Pick<AppliedMigrations, 'after' | 'changes' | 'unknown'>;
  /** Of the store that is migrated, as it is before. */
  boundary: StoreBoundary;
  joined: JoinedInFull;
  parsers: Parsers;
  configuration: Configuration;
  /** An engine with the semantics of a store; null where there is none. */
  scratch: (engine: Engine) => Promise<ScratchSpace | null>;
  /** See ImpactInput. */
  namesSettle?: boolean;
}

/** What applied migrations do to everyone who reads the store; see `impactOf`. No engine is started where nobody is touched. */
export async function workOut({ files, applied: { after, changes, unknown }, boundary, joined, parsers, configuration, scratch, namesSettle }: MigrationWork): Promise<ImpactWithUnread> {
  const { store } = boundary;
  const dialect = dialectOfEngine(store.engine);
  await parsers.prepare(dialect, [...after.relations.flatMap(({ definition }) => definition ?? []), ...changes.flatMap((change) => (change.kind === 'view-replaced' ? [change.before, change.after] : []))]);
  const space = (): Promise<ScratchSpace | null> => scratch(store.engine);
  return impactWithUnread({
    boundary,
    others: joined.boundaries.filter((one) => one.store !== store),
    after, files, changes, unknown,
    parse: parsers.parse(dialect),
    read: joined.read,
    metrics: await metricsOf(boundary, changes, joined, parsers, space, configuration),
    movements: movementsOf({ boundaries: joined.boundaries, snapshot: joined.snapshot, configuration, parsers }),
    contracts: joined.snapshot.contracts ?? [],
    personal: changes.some(({ kind }) => WIDENING.has(kind)) ? personalColumns([store.catalog, after], configuration) : new Map<string, string>(),
    declaredMasks: new Map(Object.entries(configuration.maskingFunctions)),
    scratch: space,
    ...(namesSettle === undefined ? {} : { namesSettle }),
    timeZone: timeZoneOf(boundary),
    takenAt: joined.snapshot.takenAt,
  });
}

/** Changes that may part definitions which are equal today. */
const PARTING = new Set<SchemaChange['kind']>(['constraint-dropped', 'column-nullable', 'column-type', 'values-changed']);

/** The metrics over what is changed, where a change may part them: definitions of others stay as they are. */
async function metricsOf(boundary: StoreBoundary, changes: readonly SchemaChange[], { snapshot }: JoinedInFull, parsers: Parsers, space: () => Promise<ScratchSpace | null>, configuration: Configuration): Promise<readonly MetricGroup[]> {
  const relations = new Set(changes.filter(({ kind }) => PARTING.has(kind)).map(({ relation }) => relation));
  if (relations.size === 0) return [];
  const reads = ({ part }: Pick<StoreBoundary['accesses'][number], 'part'>): boolean => part !== null && [...relations].some((relation) => part.resolution.base.has(relation) || part.resolution.direct.has(relation));
  const accesses = boundary.accesses.filter(reads);
  if (accesses.length === 0) return [];
  const { groups } = await metricAnalysis([{ ...boundary, accesses }], parsers, { metrics: configuration.metrics ?? [], contracts: snapshot.contracts ?? [], audit: true, scratch: space });
  return groups;
}

/** Changes by which somebody may see more (`impact/widens.ts`): only these ask what is personal, which takes a tenth of a second. */
const WIDENING = new Set<SchemaChange['kind']>(['view-replaced', 'relation-added', 'column-added', 'publication-changed', 'privilege-granted']);

function personalColumns(catalogs: readonly Catalog[], { columns, thresholds }: Configuration): Map<string, string> {
  const found = new Map<string, string>();
  for (const catalog of catalogs) {
    for (const [column, { kind, confidence }] of classifiedOnce(catalog, columns)) if (confidence >= thresholds.privacy_confidence) found.set(column, kind.replaceAll('_', ' '));
  }
  return found;
}
