import type { ReconcilePair } from '../../model/configuration.js';
import type { ReconcileContext } from '../../reconcile/context.js';
import { placeOf, problemOf } from '../../reconcile/problem.js';
import { explainPair } from '../../reconcile/run.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { plainText } from '../../text/plain-text.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Form } from '../forms.js';
import { heading } from '../lines.js';
import { sqlOnPage } from '../sql-lines.js';
import { toolVersion } from '../version.js';
import { beginComparing, type Chosen } from './look.js';
import type { ReconcileOptions } from './options.js';

/** What comparing one pair would run. */
export interface Explained {
  name: string;
  statements: { store: string; purpose: string; sql: string }[];
  /** Why it cannot be said; null where it was. */
  problem: { message: string; next_step: string } | null;
}

/** `tidemark reconcile --explain`: every SQL text by store and purpose. Reads definitions only. */
export async function explain(context: CommandContext, chosen: Chosen, options: ReconcileOptions, forms: readonly Form[]): Promise<ExitCode> {
  const { lifetime, progress, redactor } = context;
  progress.stage('looking up columns');
  const { reconcile } = await beginComparing(context, chosen, options, lifetime.signal);
  const pairs: Explained[] = [];
  for (const pair of chosen.pairs) pairs.push(redactor.redactAll(await explained(pair, reconcile)));
  progress.end();
  const answer = { schemaVersion: 1, tool: { name: 'tidemark', version: toolVersion() }, pairs };
  await writeAnswer(context, forms, {
    lines: (page) => explainPage(page, pairs),
    json: () => answer,
    records: () => pairs.flatMap(({ name, statements, problem }) => [...statements.map((one) => ({ type: 'statement', pair: name, ...one })), ...(problem === null ? [] : [{ type: 'problem', pair: name, ...problem }])]),
  });
  return pairs.every(({ problem }) => problem === null) ? EXIT.clean : EXIT.blind;
}

async function explained(pair: ReconcilePair, reconcile: ReconcileContext): Promise<Explained> {
  try {
    return { name: pair.name, statements: await explainPair(pair, reconcile), problem: null };
  } catch (error) {
    reconcile.signal.throwIfAborted();
    const { message, nextStep } = asProblem(placeOf(pair.source.store, pair.source.relation), error);
    return { name: pair.name, statements: [], problem: { message, next_step: nextStep } };
  }
}

/** A lost connection is this pair's problem here, as nothing else depends on it. */
function asProblem(place: string, error: unknown): { message: string; nextStep: string } {
  try {
    return problemOf(place, null, error);
  } catch (other) {
    return { message: other instanceof Error ? other.message : String(other), nextStep: 'Run it again once the store answers.' };
  }
}

/** SQL as it would be sent, each text below what it is for; it can be copied. */
export function explainPage(page: Page, pairs: readonly Explained[]): string[] {
  return pairs.flatMap(({ name, statements, problem }, index) => [
    ...(index === 0 ? [] : ['']),
    ...heading(page, `${plainText(name, 80)}: ${statements.length === 0 ? 'nothing can be said' : `${statements.length} texts, run for as many parts as there are`}`),
    ...(problem === null ? [] : [...paragraph(page, problem.message, { first: '  ', columns: 2 }), ...paragraph(page, problem.next_step, { first: `  ${page.faint('→')} `, columns: 4 })]),
    ...statements.flatMap(({ store, purpose, sql }) => ['', ...paragraph(page, `-- ${store}: ${purpose}`, { first: '', columns: 0, paint: page.faint }), ...textLines(page, sql)]),
  ]);
}

function textLines(page: Page, sql: string): string[] {
  const { lines, whole } = sqlOnPage(sql.trimEnd());
  return whole ? lines : [...paragraph(page, '-- without signs that a terminal must not get; --format json has it as it is sent', { first: '', columns: 0, paint: page.faint }), ...lines];
}
