import { z } from 'zod';
import { name, pattern, relation } from './values.js';

/** IANA's names, `Europe/Berlin`, or `UTC`: what `Intl` knows. */
function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** How a statement begins, behind comments and parentheses. Each comment can be read in one way only, so that it stays linear. */
const STATEMENT = /^(?:\s|\(|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:with|select|from)\b/i;

const time = z.strictObject({
  column: name.describe('the column, or an expression, that says when'),
  kind: z.enum(['event', 'ingestion']).default('event').describe('when it happened, or when it was loaded'),
  zone: name.refine(isTimeZone, { error: 'must be a time zone such as Europe/Berlin or UTC' }).optional().describe('in which days and months begin'),
  grain: name.optional().describe('day, month …'),
  late: name.optional().describe('what happens to rows that arrive after their period was shown, in words'),
});

const version = z.union([z.string().min(1), z.number()], { error: 'must be a text or a number' }).transform(String);

const deprecated = z
  .strictObject({ since: version.optional().describe('a date or version'), use: name.optional().describe('the metric to use in its place') })
  .describe('that it is no longer to be used');

const metric = z
  .strictObject({
    name: name.describe('the concept, as people say it: open cases'),
    intent: name.optional().describe('what the number is for'),
    store: name.optional().describe('where it runs; may be left out where the file names one store'),
    relation: relation.optional().describe('whose rows it measures'),
    eligibility: name.optional().describe("which rows count, as what stands behind WHERE: status <> 'CLOSED'; without it all"),
    formula: name.optional().describe('one aggregate over those rows: count(*)'),
    sql: name.optional().describe('in place of relation, eligibility and formula: one statement that gives the value'),
    time: time.optional(),
    dimensions: z.array(name).optional().describe('by what it may be broken down'),
    grain: name.optional().describe('what one row is: one row per case'),
    owner: name.optional(),
    version: version.optional(),
    deprecated: deprecated.optional(),
    access: name.optional().describe('who may see it'),
    changelog: name.optional().describe('what has changed between versions, or where that is written'),
    pin: z.array(pattern).optional().describe('titles, or dashboard / title, that claim it whatever they look like'),
    split: z.array(pattern).optional().describe('titles, or dashboard / title, that mean another thing'),
    aliases: z.array(name).optional().describe('other names for it'),
  })
  .superRefine((value, context) => {
    // A misspelt key is told by itself; what it leaves missing is not another mistake.
    if (context.issues.some(({ code }) => code === 'unrecognized_keys')) return undefined;
    const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    const { formula, sql, relation: measured, eligibility } = value;
    if (formula !== undefined && sql !== undefined) return refuse(['sql'], 'says all, so there must be no formula beside it');
    if (sql !== undefined) {
      for (const key of ['relation', 'eligibility'] as const) if (value[key] !== undefined) refuse([key], 'is for a formula; with sql it is part of the statement');
      if (!STATEMENT.test(sql)) refuse(['sql'], 'must be one statement that begins with SELECT or WITH; an aggregate alone goes under formula');
      return undefined;
    }
    if (formula === undefined) {
      if (measured !== undefined || eligibility !== undefined) return refuse([], 'has rows but nothing to measure on them: add a formula such as count(*)');
      if ((value.pin ?? value.split ?? value.aliases) === undefined && value.deprecated === undefined) return refuse([], 'says nothing: give it a formula with a relation, a sql, or patterns under pin or split');
      return undefined;
    }
    if (measured === undefined) refuse(['formula'], 'needs a relation whose rows it measures');
    if (/^\s*select\b/i.test(formula)) refuse(['formula'], 'must be one aggregate such as count(*); a whole statement goes under sql');
    if (eligibility !== undefined && /^\s*(?:where|select)\b/i.test(eligibility)) refuse(['eligibility'], 'must be the condition alone, without WHERE');
    return undefined;
  });

type Metric = z.output<typeof metric>;

/** Names and aliases mean one metric each, whatever the case of their letters. */
function refuseSameNames(all: readonly Metric[], context: z.RefinementCtx): void {
  const known = new Map<string, string>();
  const take = (written: string, owner: string, path: (string | number)[]): void => {
    const key = written.trim().toLowerCase();
    const before = known.get(key);
    if (before === undefined) known.set(key, owner);
    else context.addIssue({ code: 'custom', path, message: `is '${written}', which is a name of ${before === owner ? 'it already' : `the metric '${before}'`}` });
  };
  all.forEach((each, index) => take(each.name, each.name, [index, 'name']));
  all.forEach((each, index) => (each.aliases ?? []).forEach((alias, position) => take(alias, each.name, [index, 'aliases', position])));
}

/** `metrics:` of `tidemark.yaml`. */
export const metricsShape = {
  metrics: z.array(metric).superRefine(refuseSameNames).optional().describe('metrics as they should be, and which cards claim them'),
};
