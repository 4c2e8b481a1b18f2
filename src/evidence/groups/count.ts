import { z } from 'zod';
import type { Gap } from '../../model/snapshot.js';
import { ask, gapOf, gathered, sqlOf, type AskedStore } from '../asking.js';
import { quoted, quotedRelation } from '../quote.js';
import type { Grouping } from './groupings.js';

/** How many groups of one relation are so small that a count of them speaks of single persons. Never which groups. */
export interface GroupSizes extends Omit<Grouping, 'coarser'> {
  groups: number;
  /** Groups of fewer rows than asked for, and the rows in them. */
  small: number;
  rowsInSmall: number;
}

export interface SmallGroups {
  /** A group is small below so many rows. */
  k: number;
  /** Sorted by store, relation and columns. */
  counted: GroupSizes[];
  /** Groupings that could not be counted; the gaps say why. */
  unknown: number;
  gaps: Gap[];
}

const DEADLINE_MS = 15_000;
const COST_MAX = 500_000;

const row = z.object({ groups: z.coerce.number().int().nonnegative(), small: z.coerce.number().int().nonnegative(), rows_in_small: z.coerce.number().int().nonnegative() });

/**
 * Counts the sizes of groups inside the engines, one statement a grouping. The groups are those of the whole relation: what
 * consumers filter or part further can only make more of them small.
 * @throws what an abort gives.
 */
export async function countSmallGroups(stores: readonly AskedStore[], groupings: readonly Grouping[], { k, onProgress }: { k: number; onProgress(text: string): void }): Promise<SmallGroups> {
  const result: SmallGroups = { k, counted: [], unknown: 0, gaps: [] };
  for (const { coarser, ...grouping } of groupings) {
    const store = stores.find(({ name }) => name === grouping.store);
    const missing = `how small the groups of ${grouping.relation} by ${grouping.columns.join(', ')} are`;
    const relation = store?.catalog.relations.find(({ schema, name }) => `${schema}.${name}` === grouping.relation);
    if (store === undefined || relation === undefined) result.gaps.push(gapOf({ name: grouping.store }, { missing }, 'this store cannot be asked', null));
    else if (coarser) result.gaps.push(gapOf(store, { missing }, 'its consumers group by an expression over them, which is not repeated', 'Look at the counts of the consumers themselves.'));
    else {
      onProgress(`counting groups of ${grouping.relation}`);
      const values = { relation: quotedRelation(relation), columns: grouping.columns.map((column) => `t.${quoted(column)}`).join(', '), k: String(k) };
      const settings = store.engine === 'postgres' ? { settings: { row_security: 'off' } } : {};
      const answer = await ask(store, { relation, sql: sqlOf(store, 'small_groups', values), row, missing, deadline_ms: DEADLINE_MS, cost_max: COST_MAX, ...settings });
      if ('gap' in answer) result.gaps.push(answer.gap);
      else for (const { groups, small, rows_in_small } of answer.rows) result.counted.push({ ...grouping, groups, small, rowsInSmall: rows_in_small });
    }
  }
  result.unknown = groupings.length - result.counted.length;
  result.gaps = gathered(result.gaps);
  return result;
}
