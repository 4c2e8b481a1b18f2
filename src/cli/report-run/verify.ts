import { compareRuns, type Comparison } from '../../official/compare.js';
import { findRun } from '../../official/ledger.js';
import { sourceWatermarks } from '../../official/moment.js';
import type { Run, RunInputs } from '../../official/run.js';
import { plainText } from '../../text/plain-text.js';
import { type Page, paragraph } from '../../report/layout/page.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { heading, remark } from '../lines.js';
import { UsageError } from '../usage-error.js';
import { answerHead, fact, moment, rowsText, shortId } from './answer.js';
import { measure, zoneOf } from './measure.js';
import type { VerifyOptions } from './options.js';
import { brokenLines, remarksOf, runPlace } from './place.js';
import { measureOf, readQuestion } from './question.js';
import { openedStore, type Opened } from './store.js';
import { namedValues, valueKey, valuesAgain } from './values.js';

/** What running it again showed. `changed`: the file of runs was changed. `gone`: what it reads is not there. `unknown`: it could not be run. */
interface Verified {
  outcome: 'same' | 'differs' | 'gone' | 'changed' | 'unknown';
  run: Run | null;
  comparison: Comparison | null;
  /** Why there is no comparison. */
  because: string | null;
  nextStep: string | null;
  notes: string[];
}

/** `tidemark report-run verify`: the same query with the same parameters at the same watermark, and whether it gives the same. */
export async function verify(context: CommandContext, wanted: string, options: VerifyOptions): Promise<ExitCode> {
  const { output } = context;
  const forms = formsOf('report-run', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const verified = await verifiedRun(context, wanted, options);
  context.progress.end();
  const shown = context.redactor.redactAll(verified);
  const json = { ...answerHead(), ...shown };
  await writeAnswer(context, forms, { lines: (page) => verifiedPage(page, shown), json: () => json, records: () => [{ type: 'report-run-verified', ...json }] });
  return { same: EXIT.clean, differs: EXIT.findings, gone: EXIT.findings, changed: EXIT.findings, unknown: EXIT.blind }[verified.outcome];
}

async function verifiedRun(context: CommandContext, wanted: string, options: VerifyOptions): Promise<Verified> {
  const place = await runPlace(context, options);
  const broken = brokenLines(place, options.head);
  const notes = remarksOf(place);
  const nothing = { run: null, comparison: null, nextStep: null, notes };
  if (broken.length > 0) return { ...nothing, outcome: 'changed', because: broken.join('; '), nextStep: 'What it holds proves nothing any more. Keep it as it is, find the copy that holds, and begin a new one with --to.' };
  const run = findRun(place.runs, wanted);
  if (typeof run === 'string') throw new UsageError(`${plainText(wanted, 80)}: ${run}`, place.kind === 'file' ? `runs are kept in ${plainText(place.file)}; tidemark report-run list shows them` : 'tidemark report-run list --from shows them');
  const { inputs, result } = run;
  if (result === null) throw new UsageError(`run ${shortId(inputs.id)} of ${plainText(inputs.name, 80)} has no result: its status is ${run.status}`);
  const again = await namedValues(context, '--parameters', options.parameters ?? []);
  const opened = place.kind === 'table' && (options.store === undefined || options.store === options.from) && inputs.store === options.from ? place.opened : await openedStore(context, options, options.store ?? storeNamed(options, inputs), '--store');
  if (opened.engine !== inputs.engine) throw new UsageError(`${plainText(opened.store.name, 60)} is ${opened.engine}, and the run was on ${inputs.engine}`, 'name the store that it was on with --store');
  const { values, notes: ofValues } = await valuesAgain(inputs.parameters, again, () => valueKey(context, opened.prepared));
  notes.push(...ofValues);
  // A table or file that others may write is no reason to run what is no SELECT.
  await readQuestion(inputs.query, values, opened.engine, context.lifetime.signal);
  const zone = inputs.engine === 'duckdb' ? await zoneOf(opened.session) : inputs.timeZone;
  if (zone !== inputs.timeZone) return { ...nothing, run, outcome: 'unknown', because: `it was run in the time zone ${inputs.timeZone}, and this process is in ${zone}`, nextStep: `Run it with TZ=${inputs.timeZone} in the environment.` };
  context.progress.stage('running the query again');
  const watermarks = await watermarksNow(opened, inputs);
  const measured = await measure(opened.session, { ...measureOf(inputs, values), deadline_ms: options.timeout * 1000, signal: context.lifetime.signal });
  if ('failure' in measured) {
    const { kind, message, nextStep } = measured.failure;
    return { ...nothing, run, outcome: kind === 'gone' ? 'gone' : 'unknown', because: message, nextStep: kind === 'gone' ? 'What the report was made of is not there any more: it cannot be made again.' : nextStep };
  }
  const comparison = compareRuns(inputs, result, measured.result, watermarks);
  const { role } = opened.session.identity();
  if (role !== inputs.role && inputs.role !== null) notes.push(`it was recorded by the role ${plainText(inputs.role, 63)} and is run again by ${plainText(role ?? 'none', 63)}: policies may let them see other rows`);
  return { ...nothing, run, outcome: comparison.outcome, comparison, because: null };
}

/** With flags that name a store there is one, whatever it was called then. */
function storeNamed(options: VerifyOptions, { store }: RunInputs): string | undefined {
  return [options.postgres, options.duckdb, options.warehouse].some((flag) => flag !== undefined) ? undefined : store;
}

/** Only tells whether the sources were loaded since: where they cannot be read, that is not known. */
async function watermarksNow({ session, prepared }: Opened, { sourceWatermarks: then }: RunInputs): Promise<Record<string, string>> {
  const { control } = prepared.configuration.live;
  const names = { relation: control.watermarks, product: control.columns['data_product_name'] ?? 'data_product_name', watermark: control.columns['source_high_watermark'] ?? 'source_high_watermark' };
  return (await sourceWatermarks(session, names, new Set(Object.keys(then))).catch(() => null)) ?? {};
}

const SHOWN_BUCKETS = 10;

function verifiedPage(page: Page, { outcome, run, comparison, because, nextStep, notes }: Verified): string[] {
  const name = run === null ? 'the file of runs' : `${run.inputs.name} ${run.inputs.version} (run ${shortId(run.inputs.id)}, ${run.status})`;
  const words = { same: 'gives the same result', differs: 'gives another result', gone: 'cannot be made again', changed: 'was changed after it was written', unknown: 'could not be run again' }[outcome];
  const mark = outcome === 'same' ? page.outcome('holds', null) : outcome === 'unknown' ? page.unknown : page.level('error');
  const lines = heading(page, `${name} ${words}`).map((line, index) => (index === 0 ? `${mark.paint(mark.glyph)} ${line}` : line));
  if (because !== null) lines.push(...paragraph(page, because, { first: '  ', columns: 2 }));
  if (comparison !== null && run !== null) lines.push(...comparisonLines(page, run, comparison));
  if (nextStep !== null) lines.push(...remark(page, nextStep));
  for (const note of notes) lines.push(...remark(page, `note: ${note}`));
  return lines;
}

function comparisonLines(page: Page, { inputs, result }: Run, { outcome, rowsThen, rowsNow, buckets, heldBy }: Comparison): string[] {
  const lines = fact(page, 'rows', outcome === 'same' || rowsThen === '' ? rowsText(rowsNow) : `${rowsText(rowsThen)} then, ${rowsText(rowsNow)} now`);
  const [first] = buckets;
  if (first !== undefined) {
    lines.push(...fact(page, 'first', `${inputs.bucket ?? ''} ${first.label} is the first part that differs: ${partText(first)}`));
    const more = buckets.slice(1, SHOWN_BUCKETS).map((bucket) => `${bucket.label} (${partText(bucket)})`);
    if (more.length > 0) lines.push(...fact(page, 'further', `${more.join(' · ')}${buckets.length > SHOWN_BUCKETS ? ` and ${buckets.length - SHOWN_BUCKETS} more` : ''}`));
  } else if (outcome === 'differs') lines.push(...fact(page, 'parts', (result?.buckets.length ?? 0) === 0 ? 'none were kept: record with --bucket COLUMN to learn which part differs' : 'all are the same'));
  const held = { watermark: `it was held to the watermark ${inputs.watermark ?? ''}`, 'unchanged-sources': 'no source was loaded since: the watermarks are the same as then' };
  lines.push(...fact(page, 'held', heldBy === null ? `it could not be held to a watermark${outcome === 'same' ? '' : ': rows that arrived since may be the difference'}` : held[heldBy]));
  lines.push(...fact(page, 'recorded', `${moment(inputs.executedAt)} by ${inputs.executedBy}`));
  if (outcome === 'differs' && inputs.notReproducible.length > 0) lines.push(...remark(page, `the query is not reproducible by construction: ${inputs.notReproducible.join('; ')}`));
  return lines;
}

function partText({ then, now }: { then: string | null; now: string | null }): string {
  if (then === null) return `not there then, ${rowsText(now ?? '0')} now`;
  if (now === null) return `${rowsText(then)} then, not there now`;
  return then === now ? `${rowsText(then)} then and now, with other values` : `${rowsText(then)} then, ${rowsText(now)} now`;
}
