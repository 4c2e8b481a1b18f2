import type { MetricGroup } from '../../model/metric-report.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { UsageError } from '../usage-error.js';
import type { MetricsAnswer } from './answer.js';
import { letterOf, type Pair } from './classes.js';
import { pairsByConsequence } from './consequence.js';
import { viewOf } from './filter.js';
import { findGroup, findPair } from './find.js';
import { formsOf } from '../forms.js';
import { exitCodeOf, ROWS_DEFAULT } from './list.js';
import type { ShowOptions } from './options.js';
import { runnable } from './sql-lines.js';
import { clean } from './words.js';

/** `tidemark metrics show NAME`: who defines it how, and the rows that part them. */
export async function show(context: CommandContext, name: string, bundles: readonly string[], options: ShowOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  if (options.sql === true && context.options.format.length > 0) throw new UsageError('--sql prints SQL, so there is no --format for it', 'leave one of them out');
  if (options.sql === true && options.measure === true) throw new UsageError('--sql prints SQL over invented rows: --measure has nothing to add to it', 'leave one of them out');
  const forms = formsOf('metrics', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const { lookAtMetrics } = await import('./look.js');
  const { answer: looked, measure } = await lookAtMetrics(context, bundles, options);
  const candidates = viewOf(looked.groups, options.store === undefined ? {} : { store: options.store });
  const found = soughtIn(context, candidates, looked, name);
  if (found === null) return EXIT.blind;
  const [measured = found] = options.measure === true ? await measure([found]) : [found];
  progress.end();
  const answer = redactor.redactAll({ ...looked, groups: [measured] });
  const [group = measured] = answer.groups;
  const pair = options.pair === undefined ? null : findPair(group, options.pair);
  if (options.sql === true) return printSql(context, group, pair);
  const [{ write }, { showPage }] = await Promise.all([import('./write.js'), import('./show-page.js')]);
  await write(context, answer, [group], forms, (page) => showPage(page, answer, group, { limit: options.limit ?? ROWS_DEFAULT, quiet: context.options.quiet, pair }));
  return exitCodeOf(answer, [group], context);
}

/** Where not everything was seen, what is not found may be in the rest: null, and it is said. */
function soughtIn({ output, progress }: CommandContext, groups: readonly MetricGroup[], { gaps }: MetricsAnswer, name: string): MetricGroup | null {
  try {
    return findGroup(groups, name);
  } catch (error) {
    const blind = gaps.filter(({ severity }) => severity === 'blind').map(({ subject }) => subject);
    if (!(error instanceof UsageError) || blind.length === 0 || groups.length > 0) throw error;
    progress.end();
    output.note(`tidemark: there is no metric '${clean(name)}' in what could be looked at; nothing could be seen of ${blind.map((subject) => clean(subject)).join(', ')}`);
    for (const { subject, cause, remedy } of gaps.filter(({ severity }) => severity === 'blind')) output.note(`  ${subject}: ${cause}${remedy === null ? '' : `; ${remedy}`}`);
    return null;
  }
}

/** The SQL of one difference, to be run by a person on an empty database. */
async function printSql({ output }: CommandContext, group: MetricGroup, pair: Pair | null): Promise<ExitCode> {
  const shown = pair ?? pairsByConsequence(group).find(({ comparison }) => comparison.witness !== null) ?? null;
  if (shown === null) throw new UsageError(`no two definitions of ${clean(group.name)} were told apart: there are no rows to show`, 'tidemark metrics show NAME says what is known of them');
  const { first, second, comparison: { witness, verdict } } = shown;
  const letters = `${letterOf(first)} and ${letterOf(second)}`;
  if (witness === null) throw new UsageError(`${letters} of ${clean(group.name)} are ${verdict}: there are no rows that show a difference`, 'give another pair, as in --pair A,C');
  const others = group.pairs.filter(({ comparison }) => comparison.witness !== null).length - 1;
  if (pair === null && others > 0) output.note(`the SQL of ${letters}; --pair chooses one of ${others} others`);
  await output.printOrWrite(`${runnable(witness.sql)}\n`);
  return EXIT.clean;
}
