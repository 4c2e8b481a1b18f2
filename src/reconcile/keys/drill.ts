import { groupsWithin, keysWithin, KEYS_PER_GROUP } from './groups.js';
import { NAMED_MAX, type SideReader } from './reader.js';
import type { Which } from './types.js';
import { differingGroups, finer, NO_KEY, type GroupSums } from './units.js';

/** Groups that are divided together at first, and by how much more each time: a warehouse may read everything for each round. */
const GROUPS_FIRST = 32;
const GROUPS_GROWTH = 8;
/** Rows whose keys are read at once: memory stays bounded when everything differs. */
const ROWS_AT_ONCE = 20_000;
/** Passes over a whole side that finding keys may take where no index leads to them. */
const RESCANS_MAX = 12;

export interface Readers {
  source: SideReader;
  target: SideReader;
}

export interface Level {
  unit: bigint;
  source: GroupSums;
  target: GroupSums;
}

export interface DrillResult {
  /** JSON of canonical texts. */
  keys: string[];
  more: number;
  more_about: number;
}

/**
 * From groups that differ to the keys that do: groups are divided until they are small, then their keys are read, the target
 * before the source each time. It ends after `keys_max` keys; of groups that were not looked into, the counts tell how many
 * more there are at least, and the share found so far about how many.
 */
export async function drill(readers: Readers, level: Level, differing: readonly string[], keys_max: number): Promise<DrillResult> {
  const search = new Search(readers, keys_max);
  let pending = [...differing];
  let width = GROUPS_FIRST;
  while (pending.length > 0 && !search.isOver) {
    const batch = pending.slice(0, width);
    pending = pending.slice(batch.length);
    await search.look(level, batch);
    width = Math.min(NAMED_MAX, width * GROUPS_GROWTH);
  }
  search.leave(level, pending);
  return search.result();
}

function canFind({ source, target }: Readers): boolean {
  return source.finds && target.finds;
}

class Search {
  readonly #keys: string[] = [];
  #rescans = 0;
  /** Of groups that were not looked into. */
  #left = { least: 0, rows: 0 };
  /** Rows of the groups that were, as a share of what their finer groups had where only some were. */
  #covered = 0;

  constructor(
    private readonly readers: Readers,
    private readonly keys_max: number,
  ) {}

  get isOver(): boolean {
    return this.#keys.length >= this.keys_max || this.#rescans >= RESCANS_MAX;
  }

  async look(level: Level, batch: readonly string[]): Promise<void> {
    const rowsOfBatch = rowsOf(level, batch);
    const { level: fine, ids } = await this.#divide(level, batch);
    const rowsOfFine = rowsOf(fine, ids);
    let looked = 0;
    let at = 0;
    for (const slice of slices(fine, ids)) {
      if (this.isOver) break;
      await this.#compareKeys(fine, slice);
      looked += rowsOf(fine, slice);
      at += slice.length;
    }
    this.#covered += rowsOfFine === 0 ? rowsOfBatch : (rowsOfBatch * looked) / rowsOfFine;
    this.leave(fine, ids.slice(at));
  }

  leave(level: Level, ids: readonly string[]): void {
    for (const id of ids) {
      const [a, b] = [level.source.get(id)?.rows ?? 0, level.target.get(id)?.rows ?? 0];
      this.#left.least += Math.max(1, Math.abs(a - b));
      this.#left.rows += Math.max(a, b);
    }
  }

  result(): DrillResult {
    const beyond = Math.max(0, this.#keys.length - this.keys_max);
    const share = this.#covered === 0 ? 0 : Math.min(1, this.#keys.length / this.#covered);
    const { least, rows } = this.#left;
    const more = beyond + least;
    return { keys: this.#keys.slice(0, this.keys_max), more, more_about: Math.max(more, beyond + Math.round(share * rows)) };
  }

  /** Finer groups until each has few rows. Those that differ no more were rows on their way. */
  async #divide(level: Level, batch: readonly string[]): Promise<{ level: Level; ids: string[] }> {
    let [now, ids] = [level, [...batch]];
    for (;;) {
      const unit = finer(this.readers.source.plan.order, now.unit);
      const large = ids.filter((id) => id !== NO_KEY && largest(now, id) > KEYS_PER_GROUP);
      if (unit === null || large.length === 0 || rowsOf(now, ids) <= ROWS_AT_ONCE / 4 || this.#hopeless(now, ids)) return { level: now, ids };
      this.#countRescan();
      const read = (which: Which): Promise<GroupSums> => groupsWithin(this.readers[which], ids, now.unit, unit, expectedRows(now, which, ids));
      const target = await read('target');
      const source = await read('source');
      now = { unit, source, target };
      ids = differingGroups(source, target);
    }
  }

  /** Where one side has nothing, dividing tells nothing new. */
  #hopeless(level: Level, ids: readonly string[]): boolean {
    return ids.every((id) => level.source.get(id) === undefined || level.target.get(id) === undefined) && ids.every((id) => largest(level, id) <= ROWS_AT_ONCE);
  }

  async #compareKeys(level: Level, ids: readonly string[]): Promise<void> {
    this.#countRescan();
    const read = (which: Which): Promise<GroupSums> => keysWithin(this.readers[which], ids, level.unit, expectedRows(level, which, ids));
    const target = await read('target');
    const source = await read('source');
    for (const key of new Set([...source.keys(), ...target.keys()])) {
      const [a, b] = [source.get(key), target.get(key)];
      if (a?.rows !== b?.rows || a?.digest !== b?.digest) this.#keys.push(key);
    }
  }

  #countRescan(): void {
    if (!canFind(this.readers)) this.#rescans++;
  }
}

function largest(level: Level, id: string): number {
  return Math.max(level.source.get(id)?.rows ?? 0, level.target.get(id)?.rows ?? 0);
}

function rowsOf(level: Level, ids: readonly string[]): number {
  return ids.reduce((sum, id) => sum + largest(level, id), 0);
}

function expectedRows(level: Level, which: Which, ids: readonly string[]): Map<string, number> {
  return new Map(ids.map((id) => [id, level[which].get(id)?.rows ?? 0]));
}

function slices(level: Level, ids: readonly string[]): string[][] {
  const result: string[][] = [];
  let rows = 0;
  for (const id of ids) {
    const own = largest(level, id);
    const last = result.at(-1);
    if (last === undefined || rows + own > ROWS_AT_ONCE) {
      result.push([id]);
      rows = own;
    } else {
      last.push(id);
      rows += own;
    }
  }
  return result;
}
