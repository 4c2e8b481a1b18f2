import type { ScratchSpace } from '../../model/scratch-engine.js';
import type { MetricSchema } from '../definition.js';
import { qualified } from './names.js';

/** Everything that people made: their schemas, and what is in `public`. */
const USER_SCHEMAS = "select nspname from pg_namespace where nspname = 'public' or oid >= 16384 and nspname !~ '^pg_'";

/** Makes the schema anew in PostgreSQL, without its late statements. */
export async function rebuilt(space: ScratchSpace, schema: MetricSchema): Promise<void> {
  const { rows } = await space.rows(USER_SCHEMAS);
  const schemas = rows.flatMap(([name]) => (name == null ? [] : [qualified(name)]));
  await space.run(`drop schema ${schemas.join(', ')} cascade; create schema public; set search_path to public; ${schema.ddl}`);
}

/** Materialized views show what stood in the tables when they were made. */
export async function refreshViews(space: ScratchSpace, { catalog }: MetricSchema): Promise<void> {
  if (space.kind === 'duckdb' || !catalog.relations.some(({ kind }) => kind === 'materialized_view')) return;
  const { rows } = await space.rows(
    "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'm' and c.oid >= 16384 order by c.oid",
  );
  await space.run(rows.map(([name]) => `refresh materialized view ${name ?? ''}`).join('; '));
}

export async function setSearchPath(space: ScratchSpace, { searchPath }: MetricSchema): Promise<void> {
  if (space.kind === 'duckdb') await space.run(`set search_path = '${searchPath.join(',').replaceAll("'", "''")}'`);
  else await space.run(`set search_path to ${searchPath.map((name) => qualified(name)).join(', ')}`);
}
