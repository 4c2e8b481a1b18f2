import type { LiveSession } from '../../stores/live.js';
import type { Engine } from '../../model/store.js';
import { loadSqlFrom } from '../../stores/sql/load.js';

const FOLDERS: Readonly<Record<Engine, URL>> = {
  duckdb: new URL('../sql/duckdb/', import.meta.url),
  postgres: new URL('../sql/postgres/', import.meta.url),
};

/**
 * A text of `src/probes/sql/<engine>/`. Values are SQL by themselves: quoted names, digits, or texts that were made here;
 * never a text from outside.
 */
export function sqlOf(session: Pick<LiveSession, 'engine' | 'version_num'>, name: string, values: Readonly<Record<string, string>>): string {
  return loadSqlFrom(FOLDERS[session.engine], name, session.version_num, values);
}
