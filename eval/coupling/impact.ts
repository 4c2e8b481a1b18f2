import { withJoin } from '../../src/audit.js';
import { defaultThresholds } from '../../src/config/defaults.js';
import { movementsOf } from '../../src/graph/movement/index.js';
import { impactOf } from '../../src/impact/index.js';
import { LIKELY } from '../../src/impact/likely.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { ImpactedThing } from '../../src/model/impact-report.js';
import type { ScratchSpace } from '../../src/model/scratch-engine.js';
import { applyMigrations, readMigrations } from '../../src/migrations/index.js';
import { classifyCatalog } from '../../src/privacy/classify.js';
import { dialectOfEngine } from '../../src/sql/dialect.js';
import type { CouplingCase } from './cases.js';
import type { CaseEstate } from './estate.js';

/** What is told of a migration. A hint may be labelled or not: it is listed apart, and nobody is stopped by it. */
export interface ToldImpact {
  /** `effect | thing`. */
  key: string;
  hint: boolean;
}

/** What the migration of a case does, as the command says it: an engine of its own plans the queries. */
export async function impactsOf(one: CouplingCase, { snapshot, configuration, labels }: CaseEstate, scratch: () => Promise<ScratchSpace | null>): Promise<ToldImpact[]> {
  if (one.migration === undefined) throw new Error(`${one.id}: impacts are labelled and there is no migration`);
  const files = await readMigrations(typeof one.migration === 'string' ? [{ path: 'migration.sql', text: one.migration }] : one.migration);
  return withJoin(snapshot, configuration, '0', async ({ boundaries, snapshot: joined, read }, parsers) => {
    const [boundary] = boundaries;
    if (boundary === undefined) return [];
    const { after, changes, unknown } = await applyMigrations(boundary.store.catalog, files);
    const dialect = dialectOfEngine(boundary.store.engine);
    await parsers.prepare(dialect, after.relations.flatMap(({ definition }) => definition ?? []));
    const report = await impactOf({
      boundary, others: [], after, files, changes, unknown, read, parse: parsers.parse(dialect), contracts: joined.contracts ?? [], takenAt: joined.takenAt,
      movements: movementsOf({ boundaries, snapshot: joined, configuration, parsers }), personal: personalColumns([boundary.store.catalog, after]), scratch,
    });
    const told = new Map<string, boolean>();
    for (const { effect, thing, confidence } of report.impacts) {
      const key = `${effect} | ${nameOf(thing, labels)}`;
      told.set(key, (told.get(key) ?? true) && confidence < LIKELY);
    }
    return [...told].map(([key, hint]) => ({ key, hint }));
  });
}

function personalColumns(catalogs: readonly Catalog[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const catalog of catalogs) for (const [column, { kind, confidence }] of classifyCatalog(catalog, [])) if (confidence >= defaultThresholds.privacy_confidence) found.set(column, kind);
  return found;
}

/** Cards by their title, roles as `role NAME`, everything else by its kind: `view app.open_cases`. */
function nameOf({ kind, name }: ImpactedThing, labels: ReadonlyMap<string, string>): string {
  return labels.get(name) ?? (kind === 'card' || name.startsWith(`${kind} `) ? name : `${kind} ${name}`);
}
