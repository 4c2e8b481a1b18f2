import { historySql } from '../../../history/question.js';
import { writeAnswer } from '../../answer-forms.js';
import type { CommandContext } from '../../command.js';
import { EXIT, type ExitCode, reaches } from '../../exit-code.js';
import { formsOf } from '../../forms.js';
import { systemClock } from '../../live/system-clock.js';
import type { HistoryAnswer } from './answer.js';
import type { HistoryOptions } from './options.js';

/** `tidemark metrics history`: what changed of closed periods, and what is remembered from now on. */
export async function history(context: CommandContext, names: readonly string[], { sql }: HistoryOptions): Promise<ExitCode> {
  const { options, output, progress, redactor } = context;
  const forms = formsOf('metrics history', options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const { lookAtHistory, wantedHistory } = await import('./look.js');
  if (sql === true) return printSql(context, await wantedHistory(context, names));
  const looked = await lookAtHistory(context, names);
  progress.end();
  const answer = redactor.redactAll(looked);
  const { historyPage } = await import('./page.js');
  await writeAnswer(context, forms, {
    lines: (page) => historyPage(page, answer, { quiet: options.quiet, all: false }),
    json: () => answer,
    records: () => recordsOf(answer),
  });
  return exitCodeOf(answer, context);
}

async function printSql({ output, progress }: CommandContext, { asked, notAsked }: { asked: Parameters<typeof historySql>[0][]; notAsked: { metric: string; why: string }[] }): Promise<ExitCode> {
  progress.end();
  const now_seconds = systemClock.now();
  const line = (text: string): string => text.replace(/\s+/g, ' ');
  await output.printOrWrite([
    ...asked.map((question) => `-- ${line(question.metric)} on ${line(question.store)}\n${historySql(question, now_seconds)};\n`),
    ...notAsked.map(({ metric, why }) => `-- ${line(metric)}: ${line(why)}\n`),
  ].join('\n'), null);
  return EXIT.clean;
}

/** One object a line, each with its `type`. */
function recordsOf({ metrics, notAsked, gaps, ...head }: HistoryAnswer): object[] {
  return [
    { type: 'history', ...head },
    ...metrics.map((metric) => ({ type: 'metric', ...metric })),
    ...notAsked.map((one) => ({ type: 'not-asked', ...one })),
    ...gaps.map((gap) => ({ type: 'gap', ...gap })),
  ];
}

/** A known change without a reason answers the question, whatever stayed unseen. */
function exitCodeOf({ metrics, gaps }: HistoryAnswer, { options }: CommandContext): ExitCode {
  const verdicts = metrics.flatMap(({ changes, restatementsKnown }) => changes.map(({ verdict }) => ({ verdict, restatementsKnown })));
  if (verdicts.some(({ verdict, restatementsKnown }) => verdict === 'unexplained' && restatementsKnown) && reaches('error', options.failOn)) return EXIT.findings;
  if (verdicts.some(({ verdict }) => verdict === 'understated') && reaches('warning', options.failOn)) return EXIT.findings;
  const undecided = verdicts.some(({ verdict, restatementsKnown }) => verdict === 'unexplained' && !restatementsKnown);
  return undecided || gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}
