import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EpochSeconds } from '../../model/live.js';
import type { GroupReading } from './groups.js';
import { SideSql } from './statements.js';
import type { CheckpointFile, PairPlan, PassContext } from './types.js';

/** Saving is not worth more: what is lost by a kill is read again. */
const SAVE_SECONDS = 2;
/** Sums of another day would differ from the other side nearly everywhere. */
const AGE_SECONDS_MAX = 86_400;

const position = z.union([z.object({ page: z.int().nonnegative() }), z.object({ key: z.string().regex(/^-?\d{1,40}$/).nullable() }), z.literal('whole'), z.null()]);
const groupId = z.string().regex(/^(null|-?\d{1,40})$/);
const reading = z.object({
  unit: z.string().regex(/^\d{1,40}$/),
  groups: z.array(z.tuple([groupId, z.int().nonnegative(), z.string().regex(/^\d{1,60}$/)])).max(100_000),
  position,
});
const content = z.object({ version: z.literal(1), fingerprint: z.string(), saved_at: z.number(), target_read_at: z.number().nullable(), target: reading, source: reading.nullable() });

/** The first level of a pass, as far as it is done. */
export interface Saved {
  target: GroupReading;
  target_read_at: EpochSeconds | null;
  source: GroupReading | null;
}

/** Keeps the first level of a pass in a file, so that a run that was killed goes on where it was. */
export class Checkpoint {
  readonly #fingerprint: string;
  #saved_at: EpochSeconds;

  constructor(
    private readonly file: CheckpointFile | null,
    plan: PairPlan,
    private readonly context: PassContext,
  ) {
    this.#fingerprint = fingerprintOf(plan, context);
    this.#saved_at = context.now();
  }

  /** Null where there is none, it is not understood, too old, or of another plan, server or file of the table. */
  async load(): Promise<Saved | null> {
    if (this.file === null) return null;
    const parsed = content.safeParse(await this.file.load());
    if (!parsed.success) return null;
    const { fingerprint, saved_at, target, source, target_read_at } = parsed.data;
    const age = this.context.now() - saved_at;
    if (fingerprint !== this.#fingerprint || age > AGE_SECONDS_MAX || age < -AGE_SECONDS_MAX) return null;
    return { target: revived(target), source: source === null ? null : revived(source), target_read_at };
  }

  /** @param now true saves at once. */
  async save(saved: Saved, now = false): Promise<void> {
    const at = this.context.now();
    if (this.file === null || (!now && at - this.#saved_at < SAVE_SECONDS)) return;
    const { target, source, target_read_at } = saved;
    const written: z.infer<typeof content> = { version: 1, fingerprint: this.#fingerprint, saved_at: at, target_read_at, target: inWriting(target), source: source === null ? null : inWriting(source) };
    await this.file.save(written);
    this.#saved_at = this.context.now();
  }

  /** The pass is done: the next begins anew. */
  async clear(): Promise<void> {
    await this.file?.save(null);
  }
}

function revived({ unit, groups, position }: z.infer<typeof reading>): GroupReading {
  return { unit: BigInt(unit), position, sums: new Map(groups.map(([id, rows, digest]) => [id, { rows, digest: BigInt(digest) }])) };
}

function inWriting({ unit, sums, position }: GroupReading): z.infer<typeof reading> {
  return { unit: unit.toString(), position, groups: [...sums].map(([id, { rows, digest }]) => [id, rows, digest.toString()]) };
}

/** Whatever changes what the sums mean: texts of statements, servers, files of tables. */
function fingerprintOf(plan: PairPlan, { sessions }: PassContext): string {
  const sides = (['source', 'target'] as const).map((which) => {
    const { version, database } = sessions[which].identity();
    const { store, engine, file, scan } = plan[which];
    return [store, engine, version, database, file, scan.by, new SideSql(plan, which).groups(1n, [])];
  });
  return createHash('sha256').update(JSON.stringify(sides)).digest('hex');
}
