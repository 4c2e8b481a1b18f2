import { ScratchError, type ScratchSpace } from '../../model/scratch-engine.js';
import { columnKey } from './facts.js';
import { quoteText, type Family } from './family.js';
import type { SearchModel } from './model.js';

/** Families of which a text that a definition names may be no value. */
const UNSURE: ReadonlySet<Family> = new Set(['time', 'interval', 'range', 'array', 'json', 'uuid', 'other']);

/** Takes values out of the pools that their columns cannot read: one of them would spoil all rows that are added with it. */
export async function dropMisfits(model: SearchModel, space: ScratchSpace): Promise<void> {
  for (const table of model.tables) {
    for (const { name, type, family } of table.columns) {
      const pool = model.pools.get(columnKey(table.key, name));
      if (pool === undefined || !UNSURE.has(family) || pool.values.length === 0) continue;
      const bare = type.replace(/ collate .*$/, '');
      pool.values = await readable(pool.values, bare, space);
      if (pool.base !== null && !pool.values.includes(pool.base)) pool.base = pool.values[0] ?? null;
    }
  }
}

async function readable(values: readonly string[], type: string, space: ScratchSpace): Promise<string[]> {
  try {
    await space.rows(`select ${values.map((value) => `cast(${quoteText(value)} as ${type})`).join(', ')}`);
    return [...values];
  } catch (error) {
    if (!(error instanceof ScratchError) || error.timedOut) throw error;
    if (values.length === 1) return [];
    const middle = values.length >> 1;
    return [...(await readable(values.slice(0, middle), type, space)), ...(await readable(values.slice(middle), type, space))];
  }
}
