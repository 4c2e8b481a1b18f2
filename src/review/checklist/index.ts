import type { ChecklistAnswer } from '../../model/review.js';
import { isStale, type PersonAnswer, type ReviewAnswers } from '../answers.js';
import type { Look } from '../input.js';
import { type Asked, isAmong, type Question } from './asked.js';
import { CORRECTNESS } from './correctness.js';
import { MOVEMENT } from './movement.js';
import { OPERATIONS } from './operations.js';
import { OWNERSHIP } from './ownership.js';
import { SECURITY } from './security.js';
import { WORKLOAD } from './workload.js';

/** The 25 questions of Part 066 §29 in its order, each turned so that yes is the good answer. */
export const QUESTIONS: readonly Question[] = [...WORKLOAD, ...CORRECTNESS, ...MOVEMENT, ...SECURITY, ...OWNERSHIP, ...OPERATIONS];

/** What a person's answer counts: `partly` is half, where nothing measures it. */
const VALUES: Record<PersonAnswer['answer'], number | null> = { yes: 1, partly: 0.5, no: 0, 'not-applicable': null };

export interface Asking {
  answers: ReviewAnswers;
  /** `YYYY-MM-DD`. */
  today: string;
  stale_after_seconds: number;
}

/**
 * Every question with its answer. What evidence decides no person overrules: their answer counts for questions that only people can
 * answer, for those that are proposed, and for those that could not be told; elsewhere it stands beside.
 */
export function checklistOf(look: Look, asking: Asking): ChecklistAnswer[] {
  return QUESTIONS.map((question) => answerOf(question, look, asking));
}

function answerOf(question: Question, look: Look, { answers, today, stale_after_seconds }: Asking): ChecklistAnswer {
  const { number, area, question: text } = question;
  const asked = question.ask(look);
  const head = { number, area, question: text, rules: rulesOf(question, look), evidence: asked.evidence };
  const person = answers.answers.get(number);
  if (person === undefined) {
    return { ...head, answer: asked.answer, value: asked.value, by: waitingOf(question, asked), sentence: asked.sentence, answeredBy: null };
  }
  const answeredBy = { name: person.by, on: person.on, note: person.note };
  if (isStale(person.on, today, stale_after_seconds)) return { ...head, ...stale(asked, person), by: 'stale', answeredBy };
  const decides = question.by !== 'machine' || asked.answer === 'unknown';
  if (!decides) return { ...head, answer: asked.answer, value: asked.value, by: 'machine', sentence: `${asked.sentence}; ${person.by} answered ${person.answer}, and the evidence decides`, answeredBy };
  return { ...head, ...confirmed(question, asked, person), by: 'person', answeredBy };
}

/** Whether a question without an answer of a person waits for one. */
function waitingOf({ by }: Question, { answer }: Asked): ChecklistAnswer['by'] {
  if (by === 'machine' || answer === 'not-applicable') return 'machine';
  return answer === 'unknown' ? 'open' : 'proposed';
}

/** Evidence against a person's yes makes it half of one: what was found speaks beside what was said. */
function confirmed(question: Question, asked: Asked, { answer, by, on, note }: PersonAnswer): Pick<ChecklistAnswer, 'answer' | 'value' | 'sentence'> {
  const said = `${by} answered ${answer} on ${on}${note === null ? '' : `: ${note}`}`;
  if (question.by === 'person' && answer === 'yes' && asked.evidence.length > 0) return { answer: 'partly', value: 0.5, sentence: `${said}; what was found speaks against it` };
  if (question.by === 'proposed' && answer === 'yes' && asked.value !== null && asked.value < 1) return { answer: asked.answer, value: asked.value, sentence: `${asked.sentence}; ${by} answered yes, and the evidence says less` };
  const counts = answer === 'partly' && asked.value !== null ? asked.value : VALUES[answer];
  return { answer, value: counts, sentence: said };
}

function stale(asked: Asked, { by, on }: PersonAnswer): Pick<ChecklistAnswer, 'answer' | 'value' | 'sentence'> {
  return { answer: asked.answer, value: asked.value, sentence: `${asked.sentence}; ${by} answered on ${on}, which is too long ago: ask again` };
}

/** Rules that have findings before those that have none; a beginning stands for the rules that have findings. */
function rulesOf({ rules }: Question, { report }: Look): string[] {
  const found = [...new Set(report.findings.map(({ ruleId }) => ruleId))].filter((ruleId) => isAmong(ruleId, rules)).sort();
  return [...found, ...rules.filter((rule) => !rule.endsWith('*') && !found.includes(rule))];
}
