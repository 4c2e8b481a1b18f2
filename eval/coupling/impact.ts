import { withJoin } from '../../src/audit.js';
import { movementsOf } from '../../src/graph/movement/index.js';
import { impactOf } from '../../src/impact/index.js';
import type { ImpactedThing } from '../../src/model/impact-report.js';
import { applyMigrations, readMigrations } from '../../src/migrations/index.js';
import { dialectOfEngine } from '../../src/sql/dialect.js';
import type { CouplingCase } from './cases.js';
import type { CaseEstate } from './estate.js';

/** What the migration of a case does, each as `effect | thing`. No engine tries anything: what is told is told from the texts. */
export async function impactsOf(one: CouplingCase, { snapshot, configuration, labels }: CaseEstate): Promise<string[]> {
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
      movements: movementsOf({ boundaries, snapshot: joined, configuration, parsers }),
    });
    return [...new Set(report.impacts.map(({ effect, thing }) => `${effect} | ${nameOf(thing, labels)}`))];
  });
}

/** Cards by their title, roles as `role NAME`, everything else by its kind: `view app.open_cases`. */
function nameOf({ kind, name }: ImpactedThing, labels: ReadonlyMap<string, string>): string {
  return labels.get(name) ?? (kind === 'card' || name.startsWith(`${kind} `) ? name : `${kind} ${name}`);
}
