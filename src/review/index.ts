import type { Finding } from '../model/finding.js';
import type { Outcome } from '../model/report.js';
import type { Review } from '../model/review.js';
import { count } from '../text/quantity.js';
import { checklistOf } from './checklist/index.js';
import { consequencesOf } from './consequences.js';
import { decisionsOf } from './decisions.js';
import { differenceOf } from './difference.js';
import type { ReviewInput } from './input.js';
import { pictureOf } from './picture.js';
import { openQuestions, scoreOf } from './score.js';
import { stabilisationOf } from './stabilisation.js';

export type { ReviewInput } from './input.js';

const FIRST_THINGS = 5;
/** How long an answer of a person holds where the configuration says nothing: boundary reviews are usual twice a year. */
const STALE_AFTER_SECONDS = 180 * 86_400;

/** The boundary review (Part 066 §23 and §29) of one snapshot. Depends on nothing but its argument. */
export function buildReview(input: ReviewInput): Review {
  const { report, consumers, configuration, snapshot, answers, previous, backlog, title, today } = input;
  const asking = { answers, today, stale_after_seconds: configuration.review?.stale_after_seconds ?? STALE_AFTER_SECONDS };
  const checklist = checklistOf(input, asking);
  const score = scoreOf(checklist);
  const sorted = [...consumers].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const names = snapshot.stores.map(({ name }) => name);
  return {
    schemaVersion: 1,
    tool: report.tool,
    takenAt: report.takenAt,
    title: title ?? configuration.review?.title ?? (names.length === 0 ? 'No store' : names.join(' and ')),
    verdict: verdictOf(input, openQuestions(checklist)),
    score,
    picture: pictureOf(input),
    consumers: sorted,
    checklist,
    stabilisation: stabilisationOf(input),
    firstThings: backlog.slice(0, FIRST_THINGS),
    decisions: decisionsOf(input),
    findings: report.findings,
    verdicts: report.verdicts,
    coverage: report.coverage,
    stores: report.stores,
    gaps: report.gaps,
    assumptions: report.assumptions,
    difference: previous === null ? null : differenceOf(previous, { score, checklist, consumers: sorted }, report),
    consequences: consequencesOf(sorted, asking),
  };
}

function verdictOf({ report, consumers }: ReviewInput, open: string): Review['verdict'] {
  const outcomes = report.verdicts.map(({ outcome }) => outcome);
  const isBlind = report.gaps.some(({ severity }) => severity === 'blind');
  const outcome: Outcome = outcomes.includes('violated') ? 'violated' : outcomes.length === 0 || outcomes.includes('undetermined') || isBlind ? 'undetermined' : 'holds';
  const levels = (['error', 'warning', 'note'] as const).flatMap((level) => {
    const number = report.findings.filter((finding: Finding) => finding.level === level).length;
    return number === 0 ? [] : [count(number, level)];
  });
  const violated = report.verdicts.filter((verdict) => verdict.outcome === 'violated');
  const undetermined = report.verdicts.filter((verdict) => verdict.outcome === 'undetermined');
  const sentence = {
    violated: `The boundary is violated in ${violated.length} of ${count(report.verdicts.length, 'area')}: ${levels.join(', ')}`,
    undetermined: levels.length === 0 ? 'Nothing was found, and not everything could be looked at' : `No area is violated, and not everything could be looked at: ${levels.join(', ')}`,
    holds: 'The boundary holds in every area that was looked at',
  }[outcome];
  const under = consumers.filter(({ fit }) => fit === 'under').length;
  const moving = consumers.filter(({ target }) => target !== null).length;
  return {
    outcome, sentence,
    points: [
      ...violated.map(({ area, sentence: said }) => `${area}: ${said}`),
      ...(undetermined.length === 0 ? [] : [`could not be determined: ${undetermined.map(({ area }) => area).join(', ')}`]),
      ...(report.gaps.length === 0 ? [] : [`${count(report.gaps.length, 'thing')} could not be looked at`]),
      ...(consumers.length === 0 ? [] : [`${count(consumers.length, 'consumer')}: ${under} with fewer controls than ${under === 1 ? 'it needs' : 'they need'}, ${moving} that should move`]),
      ...(open === '' ? [] : [open]),
    ],
  };
}
