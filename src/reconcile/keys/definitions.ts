import type { ReconcileSide } from '../../model/configuration.js';
import { relationFacts } from '../../stores/index.js';
import type { LiveSession } from '../../stores/live.js';
import { loadSqlFrom } from '../../stores/sql/load.js';

/** A warehouse that sleeps needs some seconds to answer. */
const DEFINITIONS_MS = 60_000;
/** What a catalogue of PostgreSQL may take: nobody waits behind it. */
const CATALOGUE_MS = 10_000;

/** The deadline of statements over definitions. */
export function definitionsDeadline(session: LiveSession): { deadline_ms: number } {
  return { deadline_ms: session.engine === 'postgres' ? CATALOGUE_MS : DEFINITIONS_MS };
}

/** `database.schema.name` → what stands before the last point is the schema. */
export function relationNamed(relation: string): { schema: string; name: string } {
  const point = relation.lastIndexOf('.');
  return { schema: relation.slice(0, Math.max(0, point)), name: relation.slice(point + 1) };
}

/** Rows by the engine's own figures, without a scan. */
export async function expectedRows(side: ReconcileSide, session: LiveSession): Promise<number | null> {
  if (side.query !== null) return null;
  const [facts] = await relationFacts(session, [relationNamed(side.relation)], definitionsDeadline(session));
  return facts?.rows ?? null;
}

/** The text `reconcile_<name>.sql` for PostgreSQL of a version. */
export function postgresSql(version_num: number, name: string, values: Readonly<Record<string, string>> = {}): string {
  return loadSqlFrom(new URL('../sql/postgres/', import.meta.url), `reconcile_${name}`, version_num, values);
}
