import { createHash } from 'node:crypto';
import { z } from 'zod';
import { plainText } from '../text/plain-text.js';
import { PIPELINE_NAME, PIPELINE_PARTS } from '../stores/control/conventions.js';
import { hasTexts } from './engines.js';
import { ProbeUnsupported, type ProbeInput, type ProbeTarget, type StoreProbe } from './probe.js';
import { ControlTablePlace, countIn, hasControlTable, presenceOf, textOf, timeIn, type ControlTable, type Convention, type FoundColumn } from './warehouse/control-table.js';
import { readingError, rethrowFatal } from './warehouse/error.js';
import { COST_MAX, PlanGuard, tooCostly } from './warehouse/guard.js';
import { keyOf, quoted, quotedRelation, written, writtenRelation } from './warehouse/name.js';
import { positionOf } from './warehouse/position.js';
import { sqlOf } from './warehouse/sql.js';
import { statusMeaning } from './warehouse/status-word.js';
import { parseTime } from './warehouse/time.js';
import { VALIDATION_LENGTH_MAX, validationCounts } from './warehouse/validation.js';

export const run = z.object({
  pipeline: z.string(),
  started_at: z.number(),
  finished_at: z.number().nullable(),
  status: z.string(),
  /** A time, a position or a number as it stands; anything else as a digest, which only tells whether two are equal. */
  low_watermark: z.string().nullable(),
  high_watermark: z.string().nullable(),
  rows_read: z.number().nullable(),
  rows_inserted: z.number().nullable(),
  rows_updated: z.number().nullable(),
  rows_rejected: z.number().nullable(),
  /** From the validation result, where it tells. */
  unknown_dimension_rows: z.number().nullable(),
  duplicate_rows: z.number().nullable(),
  has_error: z.boolean(),
});

export const payload = z.object({
  as_of: z.number().nullable(),
  relation: z.string(),
  /** The last runs of each pipeline, newest first, at most 50 each. */
  runs: z.array(run),
  /** Runs that failed in the last 24 hours; lower bounds where a pipeline runs more often than `runs` reach back. */
  failed_24h: z.array(z.object({ pipeline: z.string(), runs: z.number() })),
});
export type PipelineRunsPayload = z.output<typeof payload>;
export type PipelineRun = z.output<typeof run>;

const RUNS_EACH = 50;
const STATUS_LENGTH_MAX = 40;
/** Of all pipelines together. */
const ROWS_MAX = 2_500;
/** The planner takes ten pipelines for a hundred: by the index that it wants, 300,000 runs are priced at 1,353 and take 4 ms. */
const COST_BY_INDEX_MAX = 2 * COST_MAX;

type Part = keyof typeof PIPELINE_PARTS;

const convention: Convention<Part> = {
  name: 'pipeline_run',
  setting: 'control.pipeline_runs',
  likeName: PIPELINE_NAME,
  parts: PIPELINE_PARTS,
  byColumns: ({ pipeline, started, ...others }) =>
    started?.kind === 'time' && pipeline?.name !== 'name' && ['low', 'high', 'read', 'inserted', 'updated', 'rejected'].filter((part) => part in others).length >= 2,
};

const text = z.string().nullable();
const runRow = z.object({
  pipeline: text,
  started: text,
  finished: text,
  status: text,
  low: text,
  high: text,
  read: text,
  inserted: text,
  updated: text,
  rejected: text,
  validation: text,
  has_error: z.boolean(),
});
const dayRow = z.object({ pipeline: text, status: text, runs: z.number() });

/**
 * The control table of loads: `pipeline_run` and its like, found by name or columns or named by the configuration. Of a
 * validation result only counts leave the store, of an error only that there is one.
 */
export const probe: StoreProbe<PipelineRunsPayload> = {
  kind: 'store',
  id: 'pipeline-runs',
  pace_seconds: 30,
  deadline_ms: 5_000,
  weight: 'light',
  payload,
  applies: (target) => hasTexts(target) && hasControlTable(target, convention, target.settings.control.pipelineRuns),
  create: (target) => {
    const guard = new PlanGuard();
    const place = new ControlTablePlace(target, convention, target.settings.control.pipelineRuns);
    return async (input) => place.use(input.session, (table) => new Reader(target, table, input, guard).read());
  },
};

class Reader {
  constructor(
    private readonly target: ProbeTarget,
    private readonly table: ControlTable<Part>,
    private readonly input: ProbeInput,
    private readonly guard: PlanGuard,
  ) {}

  async read(): Promise<PipelineRunsPayload> {
    const { session } = this.input;
    const rows = await this.#runs();
    const runs = lastOfEach(rows.flatMap((row) => runOf(row, this.table)));
    const counted = await this.#failedByDay();
    return {
      as_of: session.asOf(),
      relation: keyOf(this.table),
      runs,
      failed_24h: counted ?? failedOf(runs, this.input.now()),
    };
  }

  /** By the cheapest of the statements that the server's planner allows. */
  async #runs(): Promise<z.output<typeof runRow>[]> {
    const { session, signal, now } = this.input;
    let cheapest = Number.POSITIVE_INFINITY;
    try {
      for (const [name, limit] of statements(session.engine)) {
        signal.throwIfAborted();
        const sql = this.#statement(name);
        const excess = await this.guard.excess(session, sql, now(), limit);
        if (excess === null) return await session.query(runRow, sql, { deadline_ms: probe.deadline_ms });
        cheapest = Math.min(cheapest, excess);
      }
    } catch (error) {
      signal.throwIfAborted();
      throw readingError(error, this.target.store, writtenRelation(this.table));
    }
    const columns = `${written(this.#column('pipeline'))}, ${written(this.#column('started'))}`;
    throw new ProbeUnsupported(
      `${this.target.store}: ${plainText(writtenRelation(this.table))} is not read: ${tooCostly(cheapest)}`,
      plainText(`An index makes it cheap: CREATE INDEX ON ${writtenRelation(this.table)} (${columns});`, 300),
    );
  }

  #column(part: Part): string {
    return this.table.columns[part]?.name ?? '';
  }

  #statement(name: string): string {
    const { session } = this.input;
    const { columns } = this.table;
    const validation = columns.validation;
    const outputs = sqlOf(session, 'pipeline_runs_columns', {
      ...Object.fromEntries(
        (['started', 'finished', 'status', 'low', 'high', 'read', 'inserted', 'updated', 'rejected'] as const).map((part) => [part, textOf(session, columns[part])]),
      ),
      pipeline: textOf(session, columns.pipeline),
      validation: validation === undefined ? 'null' : sqlOf(session, 'pipeline_runs_validation', { column: `t.${quoted(validation.name)}`, length_max: String(VALIDATION_LENGTH_MAX) }),
      has_error: presenceOf(session, columns.error),
    });
    return sqlOf(session, name, {
      columns: outputs,
      relation: quotedRelation(this.table),
      pipeline: quoted(this.#column('pipeline')),
      started: quoted(this.#column('started')),
      runs_each: String(RUNS_EACH),
      row_max: String(ROWS_MAX),
    });
  }

  /** Null where it would cost too much or the start is no time: then the runs that were read are counted. */
  async #failedByDay(): Promise<PipelineRunsPayload['failed_24h'] | null> {
    const { session, signal, now } = this.input;
    const { columns } = this.table;
    if (columns.started?.kind !== 'time') return null;
    const sql = sqlOf(session, 'pipeline_runs_day', {
      pipeline: textOf(session, columns.pipeline),
      status: textOf(session, columns.status),
      started: quoted(columns.started.name),
      relation: quotedRelation(this.table),
      now: now().toFixed(3),
    });
    try {
      if ((await this.guard.excess(session, sql, now())) !== null) return null;
      const rows = await session.query(dayRow, sql, { deadline_ms: probe.deadline_ms });
      return sumByPipeline(rows.filter(({ status }) => statusMeaning(status ?? '') === 'bad'));
    } catch (error) {
      rethrowFatal(error, signal);
      return null;
    }
  }
}

/** Names of SQL files with the largest cost at which each is run. */
function statements(engine: string): (readonly [string, number])[] {
  if (engine !== 'postgres') return [['pipeline_runs', COST_MAX]];
  return [
    ['pipeline_runs', COST_MAX],
    ['pipeline_runs_by_index', COST_BY_INDEX_MAX],
    ['pipeline_runs_recent', COST_MAX],
  ];
}

function runOf(row: z.output<typeof runRow>, { columns }: ControlTable<Part>): PipelineRun[] {
  const started_at = timeIn(columns.started, row.started);
  if (row.pipeline === null || started_at === null) return [];
  return [
    {
      pipeline: plainText(row.pipeline),
      started_at,
      finished_at: timeIn(columns.finished, row.finished),
      status: plainText(row.status ?? '', STATUS_LENGTH_MAX),
      low_watermark: watermarkOf(columns.low, row.low),
      high_watermark: watermarkOf(columns.high, row.high),
      rows_read: countIn(row.read),
      rows_inserted: countIn(row.inserted),
      rows_updated: countIn(row.updated),
      rows_rejected: countIn(row.rejected),
      ...validationCounts(row.validation),
      has_error: row.has_error,
    },
  ];
}

/** A watermark may be any value of the source, a name or a key: only what is plainly a time, position or number is shown. */
function watermarkOf(column: FoundColumn | undefined, value: string | null): string | null {
  if (column === undefined || value === null || value === '') return null;
  const at = column.kind === 'time' ? timeIn(column, value) : null;
  if (at !== null) return new Date(Math.round(at * 1000)).toISOString();
  if (parseTime(value) !== null || positionOf(value) !== null || /^-?\d{1,40}(\.\d{1,20})?$/.test(value)) return value.trim();
  return `#${createHash('sha256').update(value).digest('hex').slice(0, 16)}`;
}

/** The newest of each pipeline, newest first. */
function lastOfEach(runs: readonly PipelineRun[]): PipelineRun[] {
  const left = new Map<string, number>();
  return [...runs]
    .sort((a, b) => b.started_at - a.started_at)
    .filter(({ pipeline }) => {
      const taken = (left.get(pipeline) ?? 0) + 1;
      left.set(pipeline, taken);
      return taken <= RUNS_EACH;
    });
}

function failedOf(runs: readonly PipelineRun[], now: number): PipelineRunsPayload['failed_24h'] {
  return sumByPipeline(runs.filter(({ started_at, status }) => started_at >= now - 86_400 && statusMeaning(status) === 'bad').map(({ pipeline }) => ({ pipeline, runs: 1 })));
}

function sumByPipeline(rows: readonly { pipeline: string | null; runs: number }[]): PipelineRunsPayload['failed_24h'] {
  const sums = new Map<string, number>();
  for (const { pipeline, runs } of rows) {
    if (pipeline === null) continue;
    const name = plainText(pipeline);
    sums.set(name, (sums.get(name) ?? 0) + runs);
  }
  return [...sums].map(([pipeline, runs]) => ({ pipeline, runs })).sort((a, b) => (a.pipeline < b.pipeline ? -1 : 1));
}
