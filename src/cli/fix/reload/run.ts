import type { ReconcilePair } from '../../../model/configuration.js';
import type { PairReport } from '../../../model/reconciliation.js';
import type { ReconcileContext } from '../../../reconcile/context.js';
import { planPair } from '../../../reconcile/keys/plan.js';
import { placeOf, problemOf } from '../../../reconcile/problem.js';
import { expressionsOf } from '../../../stores/expressions/index.js';
import { describe } from '../../../stores/index.js';
import type { CommandContext } from '../../command.js';
import { EXIT, type ExitCode } from '../../exit-code.js';
import { formsOf } from '../../forms.js';
import { beginComparing, chosenPairs, compareAll } from '../../reconcile/look.js';
import type { ComparisonOptions } from '../../reconcile/options.js';
import { toolVersion } from '../../version.js';
import type { ReloadAnswer, ReloadedPair } from './answer.js';
import { KEYS_MAX, scopeOf } from './scope.js';
import { reloadScript } from './sql.js';

/** `tidemark fix reload`: what would make the targets of pairs hold what their sources hold. */
export async function fixReload(context: CommandContext, names: readonly string[], options: ComparisonOptions): Promise<ExitCode> {
  const { host, lifetime, output, progress, redactor } = context;
  const forms = formsOf('fix reload', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const chosen = await chosenPairs(context, names, options);
  // Keys are needed as far as a statement names them.
  const report = await compareAll(context, chosen, { ...options, limit: KEYS_MAX + 1 });
  const differing = report.pairs.filter(({ state }) => state === 'differs');
  const comparing = differing.length === 0 ? null : await beginComparing(context, chosen, { ...options, primary: true }, lifetime.signal);
  const pairs: ReloadedPair[] = [];
  for (const one of report.pairs) {
    const pair = chosen.pairs.find(({ name }) => name === one.name);
    progress.stage(`writing the statements for ${one.name}`);
    pairs.push(pair === undefined || comparing === null || one.state !== 'differs' ? withoutScript(one, null) : await reloaded(pair, one, comparing.reconcile));
  }
  progress.end();
  const answer: ReloadAnswer = redactor.redactAll({ schemaVersion: 1, tool: { name: 'tidemark', version: toolVersion() }, takenAt: report.takenAt, pairs });
  const [{ writeAnswer }, { reloadPage }, { recordsOf, withoutKeys }] = await Promise.all([import('../../answer-forms.js'), import('./page.js'), import('./answer.js')]);
  for (const form of forms) {
    const mayShow = options.showKeys === true || (form.file === null && form.id === 'text' && host.stdout.isTTY);
    const shown = mayShow ? answer : withoutKeys(answer);
    await writeAnswer(context, [form], { lines: (page) => reloadPage(page, shown, { quiet: context.options.quiet }), json: () => shown, records: () => recordsOf(shown) });
  }
  return report.pairs.every(({ state }) => state === 'equal' || state === 'differs') && pairs.every(({ because, state }) => state === 'equal' || because === null) ? EXIT.clean : EXIT.blind;
}

function withoutScript({ name, state, notes, next_step }: PairReport, because: string | null): ReloadedPair {
  const reason = because ?? (state === 'equal' ? null : (notes[0] ?? next_step ?? 'nothing is confirmed'));
  return { name, state, reload: null, because: reason };
}

async function reloaded(pair: ReconcilePair, report: PairReport, reconcile: ReconcileContext): Promise<ReloadedPair> {
  if (pair.target.query !== null) return withoutScript(report, 'its target is a query, and rows are loaded into tables: name the table in target.relation');
  let side = pair.source;
  try {
    const source = await reconcile.open(pair.source.store);
    side = pair.target;
    const target = await reconcile.open(pair.target.store);
    const plan = await planPair(pair, { source, target });
    const scope = scopeOf(report, plan);
    if (scope === null) return withoutScript(report, 'none of its differences is confirmed');
    const point = pair.target.relation.indexOf('.');
    const described = await describe(target, { schema: pair.target.relation.slice(0, point), name: pair.target.relation.slice(point + 1) });
    const spelling = { source: expressionsOf(source.engine), target: expressionsOf(target.engine) };
    return { name: pair.name, state: report.state, because: null, reload: reloadScript(report, plan, scope, spelling, described?.columns.map(({ name }) => name) ?? []) };
  } catch (error) {
    reconcile.signal.throwIfAborted();
    return withoutScript(report, reasonOf(placeOf(side.store, side.relation), error));
  }
}

function reasonOf(place: string, error: unknown): string {
  try {
    const { message, nextStep } = problemOf(place, null, error);
    return `${message}. ${nextStep}`;
  } catch (lost) {
    return lost instanceof Error ? lost.message : String(lost);
  }
}
