import type { LiveSession } from '../../stores/live.js';
import { loadSqlFrom } from '../../stores/sql/load.js';

/**
 * A text of `src/probes/sql/<engine>/`. Values are SQL by themselves: quoted names, digits, or texts that were made here;
 * never a text from outside.
 */
export function sqlOf(session: Pick<LiveSession, 'engine' | 'version_num'>, name: string, values: Readonly<Record<string, string>>): string {
  return loadSqlFrom(new URL(`../sql/${session.engine}/`, import.meta.url), name, session.version_num, values);
}
