import { compare } from '../compare/index.js';
import type { ComparedReport } from '../compare/report-schema.js';
import type { Side } from '../compare/side.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { Review, ReviewDifference } from '../model/review.js';
import { count } from '../text/quantity.js';
import type { PreviousReview } from './previous.js';

type Now = Pick<Review, 'score' | 'checklist' | 'consumers'>;

/** What became of the review before: better, worse, and what can no longer be seen, which is never called fixed. */
export function differenceOf(previous: PreviousReview, now: Now, report: ComparedReport): ReviewDifference {
  const comparison = compare(sideOf(previous.report, 'the review before'), sideOf(report, 'this review'), report.tool.version);
  const { fixed, fallen, new: fresh, risen, unseen, unchanged } = comparison.counts;
  const score = { before: previous.score.total, after: now.score.total };
  const findings = { fixed, added: fresh, unchanged: unchanged + risen + fallen, unseen, firstSeen: comparison.counts['first-seen'] };
  return {
    since: previous.report.takenAt,
    sentence: sentenceOf(score, findings, comparison.unseen.length > 0),
    score,
    areas: now.score.areas.map(({ area, score: after }) => ({ area, before: previous.score.areas.find((one) => one.area === area)?.score ?? null, after })),
    answers: now.checklist.flatMap(({ number, question, answer: after }) => {
      const before = previous.checklist.find((one) => one.number === number)?.answer;
      return before === undefined || before === after ? [] : [{ number, question, before, after }];
    }),
    findings,
    consumers: consumersOf(previous.consumers, now.consumers),
  };
}

function sideOf(report: ComparedReport, file: string): Side {
  return { about: { file, kind: 'report', takenAt: report.takenAt, version: report.tool.version, since: null }, report, snapshot: null };
}

function sentenceOf({ before, after }: ReviewDifference['score'], { fixed, added, unseen }: ReviewDifference['findings'], isNarrower: boolean): string {
  const score = before === null || after === null ? 'The score cannot be compared' : before === after ? `The score is ${after} as before` : `The score went from ${before} to ${after}`;
  const parts = [`${count(fixed, 'finding')} fixed`, `${added} new`, ...(unseen > 0 ? [`${unseen} that can no longer be seen`] : [])];
  return `${score}; ${parts.join(', ')}${isNarrower ? '; this review did not see all that the one before saw' : ''}`;
}

function consumersOf(before: PreviousReview['consumers'], after: readonly ClassifiedConsumer[]): ReviewDifference['consumers'] {
  const known = new Map(before.map((one) => [one.name, one]));
  const names = new Set(after.map(({ name }) => name));
  const changed = after.flatMap((consumer) => {
    const was = known.get(consumer.name);
    if (was === undefined) return [];
    const parts = [
      change('decision', was.decision?.value, consumer.decision?.value), change('level', was.level?.value, consumer.level?.value), change('has', was.actualLevel ?? undefined, consumer.actualLevel ?? undefined),
      change('fit', was.fit, consumer.fit), change('reads', was.current ?? undefined, consumer.current ?? undefined), change('owner', was.ownership.accountable ?? undefined, consumer.ownership.accountable ?? undefined),
    ].flat();
    return parts.length === 0 ? [] : [{ name: consumer.name, what: parts.join(', ') }];
  });
  return { added: after.filter(({ name }) => !known.has(name)).map(({ name }) => name), gone: before.filter(({ name }) => !names.has(name)).map(({ name }) => name), changed };
}

function change(what: string, before: string | undefined, after: string | undefined): string[] {
  return before === after ? [] : [`${what} ${before ?? 'not known'} → ${after ?? 'not known'}`];
}
