import type { EpochSeconds } from '../../model/live.js';
import type { LiveSession } from '../../stores/live.js';
import { Checkpoint, type Saved } from './checkpoint.js';
import { drill, type DrillResult } from './drill.js';
import { coarsen, firstUnit, readGroups, startGroups, type GroupReading } from './groups.js';
import { SideReader } from './reader.js';
import { readStates } from './states.js';
import type { DifferingKey, KeyState, PairPlan, PassContext, PassResult, ReconcileProgress, Which } from './types.js';
import { byNumber, differingGroups, NO_KEY, type GroupSums } from './units.js';

export type * from './types.js';

/** Where no index leads to keys, each of so many keys costs a share of a pass over everything. */
const KEYS_WITHOUT_INDEX_MAX = 2_500;
/** Fewer differing keys say nothing of a whole column. */
const EVERYWHERE_KEYS_MIN = 20;

/**
 * Compares both sides by groups of keys and goes down to the keys that differ. Each row is read once; a second time only in groups
 * that differ. The target is read before the source at every level, so that a row on its way is missing there and not extra.
 * What differs is a candidate: the target may not yet have what the source had.
 * @throws PairProblem, StoreLost, an abort's reason.
 */
export async function comparePass(plan: PairPlan, context: PassContext): Promise<PassResult> {
  const pass = new Pass(plan, context);
  return pass.run();
}

/**
 * What one side has under each of some keys, by the JSON of the key's canonical texts; keys that it does not have are missing.
 * @throws PairProblem, StoreLost, an abort's reason.
 */
export async function readKeys(
  plan: PairPlan,
  which: Which,
  keys: readonly (readonly string[])[],
  session: LiveSession,
  context: Pick<PassContext, 'pace' | 'target_pace' | 'signal'>,
): Promise<Map<string, KeyState>> {
  return readStates(new SideReader(plan, which, { session, pace: which === 'source' ? context.pace : context.target_pace, signal: context.signal }), keys);
}

class Pass {
  readonly #readers: Record<Which, SideReader>;
  readonly #checkpoint: Checkpoint;
  #step: ReconcileProgress['step'] = 'target';
  /** When the step began, and with which share of its rows. */
  #began: { at: EpochSeconds; share: number | null };
  #rows = 0;
  #unreadable = 0;
  /** Of the step, as far as it is known. */
  #share: number | null = null;

  constructor(
    private readonly plan: PairPlan,
    private readonly context: PassContext,
  ) {
    const reader = (which: Which): SideReader =>
      new SideReader(plan, which, {
        session: context.sessions[which],
        pace: which === 'source' ? context.pace : context.target_pace,
        signal: context.signal,
        onChunk: (share) => this.#tell(share),
        onPause: () => this.#tell(this.#share),
      });
    this.#readers = { source: reader('source'), target: reader('target') };
    this.#checkpoint = new Checkpoint(context.checkpoint, plan, context);
    this.#began = { at: context.now(), share: null };
  }

  async run(): Promise<PassResult> {
    const saved = await this.#checkpoint.load();
    const resumed = saved !== null;
    const { target, source, target_read_at } = await this.#groups(saved);
    if (target.unit < source.unit) coarsen(target, source.unit / target.unit);
    const differing = differingGroups(source.sums, target.sums);
    const compared = new Set([...source.sums.keys(), ...target.sums.keys()]).size;
    this.#begin('keys');
    const found = await this.#keys(source.unit, source.sums, target.sums, differing);
    const keys = await this.#states(found.keys);
    const source_read_at = await this.#readers.source.clock();
    await this.#checkpoint.clear();
    return {
      rows: { source: this.#sourceRows(source.sums, target.sums, keys, found.more), target: rowsOf(target.sums) },
      buckets: { compared, differing: differing.length },
      differing: keys,
      more: found.more,
      more_about: found.more_about,
      unreadable: this.#unreadable,
      columns_everywhere: everywhere(this.plan, keys),
      source_read_at,
      target_read_at,
      chunks: this.#readers.source.chunks + this.#readers.target.chunks,
      resumed,
    };
  }

  /** Counts and sums of both sides, from where an earlier run was stopped. */
  async #groups(saved: Saved | null): Promise<{ target: GroupReading; source: GroupReading; target_read_at: EpochSeconds }> {
    const { source: sourceReader, target: targetReader } = this.#readers;
    const target = saved?.target ?? startGroups(targetReader, await firstUnit(targetReader));
    const target_read_at = saved?.target_read_at ?? (await targetReader.clock());
    const state: Saved = { target, target_read_at, source: saved?.source ?? null };
    const save = (now = false): Promise<void> => {
      this.#rows = rowsOf((state.source ?? state.target).sums);
      return this.#checkpoint.save(state, now);
    };
    if (target.position !== null) await readGroups(targetReader, target, () => save());
    const source = state.source ?? startGroups(sourceReader, target.unit);
    state.source = source;
    await save(true);
    this.#begin('source');
    if (source.position !== null) await readGroups(sourceReader, source, () => save());
    await save(true);
    return { target, source, target_read_at };
  }

  /** Pages count a row twice, or not at all, that an UPDATE moved meanwhile; where every difference is known, the target's count and they tell. */
  #sourceRows(source: GroupSums, target: GroupSums, differing: readonly DifferingKey[], more: number): number {
    if (more > 0 || this.plan.source.scan.by !== 'pages') return rowsOf(source);
    return differing.reduce((rows, key) => rows + (key.source?.rows ?? 0) - (key.target?.rows ?? 0), rowsOf(target));
  }

  #keys(unit: bigint, source: GroupSums, target: GroupSums, differing: readonly string[]): Promise<DrillResult> {
    const { indexed } = this.plan.source;
    const most = indexed && this.plan.target.indexed ? this.context.keys_max : Math.min(this.context.keys_max, KEYS_WITHOUT_INDEX_MAX);
    return drill(this.#readers, { unit, source, target }, differing, most);
  }

  /** Both sides once more by key: what was on its way has arrived by now, and columns are told apart. */
  async #states(names: readonly string[]): Promise<DifferingKey[]> {
    const keys = names.map(parsedKey);
    const target = await readStates(this.#readers.target, keys);
    const source = await readStates(this.#readers.source, keys);
    const differing: DifferingKey[] = [];
    names.forEach((name, at) => {
      const [a, b] = [source.get(name) ?? null, target.get(name) ?? null];
      // What was seen in the groups and is found on neither side is a key that changed on its way here, or was deleted since.
      if (a === null && b === null && name.includes('\uFFFD')) this.#unreadable++;
      if (a?.rows !== b?.rows || a?.digest !== b?.digest) differing.push({ key: keys[at] ?? [], source: a, target: b });
    });
    return this.plan.order === 'range' ? differing.sort((a, b) => byNumber(idOf(a), idOf(b))) : differing;
  }

  #begin(step: ReconcileProgress['step']): void {
    this.#step = step;
    this.#began = { at: this.context.now(), share: null };
    this.#share = null;
  }

  #tell(share: number | null): void {
    const { progress, now, pace, target_pace } = this.context;
    this.#share = share;
    if (progress === undefined) return;
    const expected = this.#step === 'keys' ? null : this.plan[this.#step === 'target' ? 'target' : 'source'].rows_expected;
    this.#began.share ??= share;
    const [elapsed, done] = [now() - this.#began.at, (share ?? 0) - (this.#began.share ?? 0)];
    progress({
      pair: this.plan.pair.name,
      step: this.#step,
      share,
      rows: this.#rows,
      rows_expected: expected,
      left_seconds: share === null || done <= 0 ? null : (elapsed * (1 - share)) / done,
      paused_because: (this.#step === 'target' ? target_pace?.paused_because : pace.paused_because) ?? null,
    });
  }
}

function rowsOf(sums: GroupSums): number {
  let rows = 0;
  for (const group of sums.values()) rows += group.rows;
  return rows;
}

/** Of a key that is one integer. */
function idOf({ key: [text = ''] }: DifferingKey): string {
  return /^-?\d+$/.test(text) ? text : NO_KEY;
}

function parsedKey(name: string): string[] {
  const key: unknown = JSON.parse(name);
  if (!Array.isArray(key)) throw new Error('a key is not a list');
  return key.map(String);
}

/** Columns that differ under every key which both sides have once. */
function everywhere({ columns }: PairPlan, differing: readonly DifferingKey[]): string[] {
  const both = differing.flatMap(({ source, target }) => (source === null || target === null || source.rows !== target.rows ? [] : [{ source, target }]));
  if (both.length < EVERYWHERE_KEYS_MIN) return [];
  return columns.flatMap((column, at) => (both.every(({ source, target }) => source.columns[at] !== target.columns[at]) ? [column.source] : []));
}
