import { z } from 'zod';
import type { ReconcileSide } from '../../model/configuration.js';
import { relationFacts } from '../../stores/index.js';
import type { LiveSession } from '../../stores/live.js';
import { expressionsOf } from '../../stores/expressions/index.js';
import { definitionsDeadline, postgresSql, relationNamed } from './definitions.js';

const writtenRow = z.object({ written: z.string(), reset_at: z.string(), files: z.string(), counted: z.boolean().nullable() });

/**
 * A mark that is the same as long as nothing was written to a side; null where its store tells no such thing, as of a query, a
 * view or a standby. It costs a look at the catalogue. Statistics lag by up to a second, and what a crash took with it was not counted:
 * a mark is to be taken before a pass, and compared with one that was taken before the pass that found everything equal.
 * @throws what the session throws.
 */
export async function writeMark(side: ReconcileSide, session: LiveSession): Promise<string | null> {
  if (side.query !== null) return null;
  const { schema, name } = relationNamed(side.relation);
  if (session.engine === 'postgres') {
    const [row] = await session.query(writtenRow, postgresSql(session.version_num, 'written', { schema: expressionsOf(session.engine).text(schema), name: expressionsOf(session.engine).text(name) }), definitionsDeadline(session));
    return row?.counted === true ? JSON.stringify([row.written, row.reset_at, row.files]) : null;
  }
  const [facts] = await relationFacts(session, [{ schema, name }], definitionsDeadline(session));
  return facts?.modified_at == null ? null : JSON.stringify([facts.modified_at, facts.rows, facts.bytes]);
}

/** True where neither side was written to since marks were taken. */
export function unchangedSince(before: { source: string | null; target: string | null }, now: { source: string | null; target: string | null }): boolean {
  return before.source !== null && before.target !== null && before.source === now.source && before.target === now.target;
}
