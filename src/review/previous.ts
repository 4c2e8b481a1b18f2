import { z } from 'zod';
import { type ComparedReport, reportSchema } from '../compare/report-schema.js';
import { CORRECTNESS_LEVELS, DECISION_TYPES } from '../model/classified-consumer.js';
import { REVIEW_AREAS } from '../model/review.js';

const answer = z.enum(['yes', 'partly', 'no', 'unknown', 'not-applicable']);
const number = z.number().nullable();
const proposed = <T extends z.ZodType>(value: T) => z.object({ value }).nullable();

/** What is compared of a review besides its findings. Fields that a later version added are dropped. */
const reviewSchema = z.object({
  schemaVersion: z.literal(1),
  score: z.object({ total: number, areas: z.array(z.object({ area: z.enum(REVIEW_AREAS), score: number })) }),
  checklist: z.array(z.object({ number: z.number().int(), question: z.string(), answer })),
  consumers: z.array(z.object({
    name: z.string(), fit: z.string(), current: z.string().nullable(),
    decision: proposed(z.enum(DECISION_TYPES)), level: proposed(z.enum(CORRECTNESS_LEVELS)), actualLevel: z.enum(CORRECTNESS_LEVELS).nullable(),
    ownership: z.object({ accountable: z.string().nullable() }),
  })),
});

export type PreviousReview = z.output<typeof reviewSchema> & { report: ComparedReport };

/** A file that is no review which can be compared. Its message is one line. */
export class PreviousReviewError extends Error {
  override readonly name = 'PreviousReviewError';
}

const EMBEDDED = /<script\b[^>]{0,200}\bid="tidemark-review"[^>]{0,200}>/;

/**
 * The review before: its JSON, or its HTML, which has the JSON in it.
 *
 * @throws PreviousReviewError for what is neither, is cut off, or is of a newer tidemark
 */
export function parsePreviousReview(content: string): PreviousReview {
  const json = jsonOf(content.replace(/^\uFEFF/, ''));
  if (typeof json !== 'object' || json === null || !('checklist' in json)) throw new PreviousReviewError('it is no review: write one with tidemark review --html FILE or --format json:FILE');
  const version = 'schemaVersion' in json ? json.schemaVersion : undefined;
  if (typeof version === 'number' && version > 1) throw new PreviousReviewError(`it was written by a newer tidemark: schemaVersion ${version}, this one reads 1`);
  const review = reviewSchema.safeParse(json);
  const report = reportSchema.safeParse(json);
  const issue = review.error?.issues[0] ?? report.error?.issues[0];
  if (!review.success || !report.success) throw new PreviousReviewError(`the review is not valid at ${issue?.path.join('.') ?? 'its top'}: write it again`);
  return { ...review.data, report: report.data };
}

function jsonOf(content: string): unknown {
  const text = /^\s*[{]/.test(content) ? content : embedded(content);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PreviousReviewError('its JSON is cut off or damaged: copy the file again', { cause: error });
  }
}

function embedded(html: string): string {
  const opening = EMBEDDED.exec(html);
  if (opening === null) throw new PreviousReviewError('it holds no review: give what tidemark review wrote with --html or --format json');
  const start = opening.index + opening[0].length;
  const end = html.indexOf('</script', start);
  return html.slice(start, end === -1 ? html.length : end);
}
