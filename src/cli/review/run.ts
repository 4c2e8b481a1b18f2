import type { Review } from '../../model/review.js';
import { buildReview } from '../../review/index.js';
import { writeAnswer } from '../answer-forms.js';
import { todayOf } from '../baseline/look.js';
import type { CommandContext } from '../command.js';
import { displayName } from '../configuration.js';
import { exitCodeOfAudit, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { Scratch } from '../scratch.js';
import { givenTargets } from '../targets.js';
import { toolVersion } from '../version.js';
import { answersPlace, readAnswers } from './answers-file.js';
import { reviewable } from './look.js';
import type { ReviewOptions } from './options.js';
import { readPrevious } from './previous-file.js';
import { writeQuestions } from './questions-file.js';

/** `tidemark review`. */
export async function runReview(context: CommandContext, bundle: string | undefined, options: ReviewOptions): Promise<ExitCode> {
  const { lifetime, output, progress, redactor } = context;
  const forms = formsOf('review', context.options);
  const files = [...forms.map(({ file }) => file), options.html ?? null, options.markdown ?? null].filter((file) => file !== null);
  for (const file of files) await output.refuseUnwritable(file);
  // Everything that can be refused is read before production is looked at.
  const previous = options.previous === undefined ? null : await readPrevious(context, options.previous);
  const { prepared, rules, snapshot: look } = await reviewable(context, bundle, givenTargets(options));
  const today = todayOf(new Date());
  const place = answersPlace(context, prepared, options.answers);
  if (options.writeQuestions === true) await output.refuseUnwritable(displayName(context, place));
  const answers = await readAnswers(context, place, { today, isNamed: options.answers !== undefined && options.writeQuestions !== true });
  const snapshot = await look();
  progress.stage('judging');
  const [{ auditWithJoin }, { backlog }] = await Promise.all([import('../../audit.js'), import('../../plan/index.js')]);
  const { configuration, assumptions } = prepared;
  const scratch = new Scratch(lifetime.signal);
  const audited = await auditWithJoin(snapshot, configuration, rules, toolVersion(), { signal: lifetime.signal, scratch: ({ engine }) => scratch.space(engine) }).finally(() => scratch.close());
  lifetime.signal.throwIfAborted();
  const report = { ...audited.report, gaps: [...audited.report.gaps, ...scratch.gaps], assumptions: [...assumptions, ...audited.report.assumptions] };
  const { boundaries, consumers, movements } = audited;
  const judged = { report, consumers, boundaries, movements, snapshot, configuration };
  // Redacted before it is JSON or HTML: what hides a password must not run over a quote.
  const review = redactor.redactAll(buildReview({ ...judged, answers, previous, backlog: backlog(judged), title: options.title ?? null, today }));
  progress.end();
  const answersName = displayName(context, place);
  await writeFiles(context, review, options);
  if (options.writeQuestions === true) output.note(await writeQuestions(place, answersName, review, today));
  const { reviewPage } = await import('./page.js');
  await writeAnswer(context, forms, {
    lines: (page) => reviewPage(page, review, { quiet: context.options.quiet, all: options.all ?? false, answers: answersName, written: files }),
    json: () => review,
    records: () => recordsOf(review),
  });
  return exitCodeOfAudit(report, context.options.failOn);
}

async function writeFiles({ output }: CommandContext, review: Review, { html, markdown }: ReviewOptions): Promise<void> {
  if (html !== undefined) await output.printOrWrite((await import('../../review/html/index.js')).renderReviewHtml(review), html);
  if (markdown !== undefined) await output.printOrWrite((await import('./markdown.js')).reviewMarkdown(review), markdown);
}

/** One object a line, each with its `type`. docs/review.md is their contract. */
function recordsOf({ consumers, checklist, decisions, findings, gaps, assumptions, consequences = [], ...head }: Review): object[] {
  return [
    { type: 'review', ...head },
    ...checklist.map((one) => ({ type: 'question', ...one })),
    ...consumers.map((one) => ({ type: 'consumer', ...one })),
    ...consequences.map((one) => ({ type: 'consequence', ...one })),
    ...decisions.map((one) => ({ type: 'decision', ...one })),
    ...findings.map((one) => ({ type: 'finding', ...one })),
    ...gaps.map((one) => ({ type: 'gap', ...one })),
    ...assumptions.map((text) => ({ type: 'assumption', text })),
  ];
}
