import { z } from 'zod';
import { defaultLive, defaultObjective } from './live-defaults.js';
import { formatQuantity } from '../text/quantity.js';
import { duration, name, pattern, period, relation, share, size } from './values.js';

const limits = z.strictObject({
  target: period.describe('what is aimed at under normal operation'),
  within: period.optional().describe('later than this counts against the budget; the target where it is missing'),
  share: share.default(defaultObjective.share).describe('share of time that must be within, e.g. 0.99'),
  window: period.default(defaultObjective.window_seconds).describe('the window that the share is of'),
  degraded: duration.optional().describe('older than this is a breach at once'),
  failed: duration.optional(),
});

/** Each is laxer than the one before it. */
const LIMITS = ['target', 'within', 'degraded', 'failed'] as const;

const freshness = limits.superRefine((given, context) => {
  const set = LIMITS.filter((limit) => given[limit] !== undefined);
  set.forEach((limit, index) => {
    const stricter = set[index - 1];
    if (stricter === undefined || (given[limit] ?? 0) >= (given[stricter] ?? 0)) return;
    context.addIssue({ code: 'custom', path: [limit], message: `must not be shorter than ${stricter}, which is ${formatQuantity(given[stricter] ?? 0, 'seconds')}` });
  });
});

const dataProduct = z.strictObject({
  name: name.describe('as in the control table, where there is one'),
  store: name.optional().describe('may be left out where there is one warehouse'),
  relation: relation.optional().describe('what dashboards read'),
  watermark: z
    .union([z.strictObject({ relation, column: name }), z.strictObject({ dbt: name.describe('the name of a dbt source or model') })], {
      error: 'must be { relation, column } or { dbt }',
    })
    .optional()
    .describe('where its watermark is; without it the control table, then the columns that loaders leave'),
  freshness: freshness.optional(),
  provisional: duration.optional().describe('numbers of a period are final so long after its end'),
  time_column: name.optional(),
  event_id_column: name.optional(),
  stream: pattern.optional().describe('the stream that feeds it, where there are several'),
  owner: name.optional(),
});

const stream = z.strictObject({
  match: pattern.describe('slot, subscription or application name of a standby'),
  store: name.optional(),
  name: name.optional().describe('how the screen calls it'),
  lag: duration.optional(),
  retained: size.optional(),
  landed: z
    .strictObject({
      store: name.optional(),
      relation,
      column: name,
      meaning: z.enum(['lsn', 'commit-time', 'heartbeat', 'load-time']),
    })
    .optional()
    .describe('where its rows land, and the column that tells how far'),
});

const side = z
  .strictObject({
    store: name,
    relation: relation.optional().describe('schema.name of a table or view'),
    query: name.optional().describe('in place of relation: a SELECT without a semicolon'),
    time_column: name.optional().describe('the business time by which rows fall into periods; without it counts and keys are compared as a whole'),
    deleted_column: name.optional(),
  })
  .superRefine((given, context) => {
    const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if ((given.relation === undefined) === (given.query === undefined)) refuse([], 'must have either relation or query');
    if (given.query === undefined) return;
    if (!/^\s*(?:--[^\n]*\n\s*|\/\*(?:[^*]|\*(?!\/))*\*\/\s*)*(?:select|with|\()/i.test(given.query)) refuse(['query'], 'must be a SELECT');
    else if (/;\s*$/.test(given.query)) refuse(['query'], 'must not end in a semicolon: it stands in the place of a relation');
  });

const columnPair = z.union([name.transform((column) => ({ source: column, target: column })), z.strictObject({ source: name, target: name })], {
  error: 'must be a column, or { source, target } where its names differ',
});

const comparedColumn = z.union(
  [
    name.transform((column) => ({ source: column, target: column, decimals: null })),
    z.strictObject({ source: name, target: name, decimals: z.number().int().min(0).max(18).nullable().default(null) }),
    z.strictObject({ name, decimals: z.number().int().min(0).max(18) }).transform((given) => ({ source: given.name, target: given.name, decimals: given.decimals })),
  ],
  { error: 'must be a column, { name, decimals }, or { source, target } where its names differ' },
);

const pairWatermark = z.union(
  [
    name.transform((column) => ({ kind: 'time' as const, source: column, target: column })),
    z.strictObject({ kind: z.enum(['time', 'version']).default('time'), source: name, target: name }),
    z.strictObject({ kind: z.literal('lsn'), target: name }).transform((given) => ({ ...given, source: null })),
  ],
  { error: "must be the column of the last change, { kind: time|version, source, target }, or { kind: lsn, target }" },
);

const plainPair = z.strictObject({
  name,
  source: side,
  target: side,
  period: z.enum(['hour', 'day', 'month']).default('day'),
  periods: z.number().int().min(1).max(366).default(14),
  sums: z
    .array(columnPair)
    .default([])
    .describe('columns that are summed on both sides'),
  tolerance: share.default(0).describe('a gap up to this share of the source is none'),
  product: name.optional().describe('whose watermark says how far the target is'),
  provisional: duration.optional(),
  key: z.union([columnPair.transform((column) => [column]), z.array(columnPair).min(1).max(16)], { error: 'must be a column or a list of columns' }).optional().describe('columns that name a row; without it the primary key of the source'),
  columns: z.array(comparedColumn).min(1).optional().describe('columns that are compared; without it all that both sides have'),
  except: z.array(name).default([]).describe('columns of the source that are not compared'),
  watermark: pairWatermark.optional().describe('the column that tells how far the target is: of the last change, a log position or a version'),
  every: period.optional().describe('how often a watch compares keys; without it only tidemark reconcile does'),
});

/** What could only be a mistake: each would be passed over in silence. */
const pair = plainPair.superRefine((given, context) => {
  const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
  const [source, target] = [given.source.time_column, given.target.time_column];
  if ((source === undefined) !== (target === undefined)) {
    refuse([source === undefined ? 'source' : 'target'], `needs a time_column too: the ${source === undefined ? 'target' : 'source'} has one, and periods are told on both sides or on none`);
  }
  if (given.sums.length > 0 && source === undefined && target === undefined) refuse(['sums'], 'are of business periods: give both sides a time_column, or leave the sums out');
  const twice = (columns: readonly { source: string }[]): string | undefined => columns.map((column) => column.source).find((column, index, all) => all.indexOf(column) < index);
  for (const list of ['key', 'columns'] as const) {
    const named = twice(given[list] ?? []);
    if (named !== undefined) refuse([list], `names '${named}' twice`);
  }
  const left = (given.columns ?? []).find((column) => given.except.includes(column.source));
  if (left !== undefined) refuse(['except'], `leaves out '${left.source}', which columns compares`);
  const keyed = (given.key ?? []).find((column) => given.except.includes(column.source));
  if (keyed !== undefined) refuse(['except'], `leaves out '${keyed.source}', which is of the key`);
});

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

/** Two of one name would share a state and a history. */
function refuseTwins(all: readonly { name: string }[], context: z.core.$RefinementCtx): void {
  const names = all.map((each) => each.name);
  names.forEach((each, index) => {
    if (names.indexOf(each) < index) context.addIssue({ code: 'custom', path: [index, 'name'], message: `is '${each}', as that of another before it` });
  });
}

const notification = z.strictObject({
  url: name.refine(isWebAddress, { error: 'must be an http or https address' }).describe('a webhook; secrets as ${env:NAME}'),
  format: z.enum(['json', 'slack']).default('json'),
  from: z.enum(['warning', 'breach']).default('breach').describe('the least bad state that is told'),
  objectives: z.array(pattern).default([]).describe('ids such as freshness/*; without it all'),
});

/** The part of `tidemark.yaml` that `watch` and `serve` read. */
export const liveShape = {
  data_products: z.array(dataProduct).superRefine(refuseTwins).optional(),
  streams: z.array(stream).optional(),
  reconcile: z.array(pair).superRefine(refuseTwins).optional(),
  control: z
    .strictObject({
      watermarks: relation.optional(),
      pipeline_runs: relation.optional(),
      report_runs: relation.optional().describe('where runs of official reports are recorded'),
      report_approvals: relation.optional(),
      report_artifacts: relation.optional(),
      restatements: relation.optional(),
      columns: z.record(name, name).optional().describe('a column of the convention to its name here, as in source_high_watermark: loaded_up_to'),
    })
    .optional(),
  contracts: z.array(name).optional().describe('data contracts (ODCS 3) whose slaProperties promise freshness'),
  dbt: z.array(name).optional().describe("folders with dbt's target"),
  notify: z.array(notification).optional(),
  live: z
    .strictObject({
      budget_ms_per_second: z.number().min(0.05).max(1000).default(defaultLive.budget_ms_per_second).describe('database time that watching may cost each store'),
      journal_size: size.refine((bytes) => bytes >= 2 ** 20, { error: 'must be at least 1MiB; --no-journal keeps none' }).default(defaultLive.journal.bytes_max),
      journal_age: period.default(defaultLive.journal.seconds_max),
      analytical_share: share.optional().describe('more analytical work than this on an operational store is a warning'),
      transaction: period.default(defaultLive.transaction_seconds_max).describe('a transaction that is open longer is a warning'),
    })
    .optional(),
};
