import { type AreaScore, type ChecklistAnswer, REVIEW_AREAS, type Review } from '../model/review.js';
import { count } from '../text/quantity.js';

/**
 * The score of each area, the mean of its counted questions times 100, and of the whole, the mean of the areas that have one. What could
 * not be answered, does not apply or is open is not counted, and is told.
 */
export function scoreOf(checklist: readonly ChecklistAnswer[]): Review['score'] {
  const areas = REVIEW_AREAS.map((area) => areaScore(area, checklist.filter((one) => one.area === area)));
  const scored = areas.filter((one): one is AreaScore & { score: number } => one.score !== null);
  if (scored.length === 0) return { total: null, arithmetic: 'no question could be answered', areas };
  const total = Math.round(scored.reduce((sum, { score }) => sum + score, 0) / scored.length);
  const without = areas.filter(({ score }) => score === null).map(({ area }) => area);
  return { total, arithmetic: `(${scored.map(({ area, score }) => `${area} ${score}`).join(' + ')}) / ${scored.length} = ${total}${without.length === 0 ? '' : `; without ${without.join(', ')}`}`, areas };
}

function areaScore(area: AreaScore['area'], questions: readonly ChecklistAnswer[]): AreaScore {
  const counted = questions.flatMap(({ value }) => (value === null ? [] : [value]));
  const left = questions.filter(({ value }) => value === null);
  const named = (answer: (one: ChecklistAnswer) => boolean, words: string): string[] => {
    const own = left.filter(answer).map(({ number }) => `Q${number}`);
    return own.length === 0 ? [] : [`${own.join(', ')} ${own.length === 1 ? words.split('|')[0] : words.split('|')[1]}`];
  };
  const told = [
    ...named(({ answer, by }) => answer === 'unknown' && by === 'machine', 'could not be answered|could not be answered'),
    ...named(({ answer, by }) => answer === 'unknown' && by !== 'machine', 'waits for a person|wait for a person'),
    ...named(({ answer }) => answer === 'not-applicable', 'does not apply|do not apply'),
  ];
  if (counted.length === 0) return { area, score: null, answered: 0, questions: questions.length, arithmetic: told.join('; ') || 'there is no question' };
  const score = Math.round((counted.reduce((sum, value) => sum + value, 0) / counted.length) * 100);
  const terms = counted.map((value) => String(Math.round(value * 100) / 100));
  const sum = terms.length === 1 ? terms[0] ?? '' : `(${terms.join(' + ')}) / ${terms.length}`;
  return { area, score, answered: counted.length, questions: questions.length, arithmetic: [`${sum} = ${score} of 100`, ...told].join('; ') };
}

/** `4 of 25 questions wait for a person`; empty where none does. */
export function openQuestions(checklist: readonly ChecklistAnswer[]): string {
  const open = checklist.filter(({ by }) => by !== 'machine' && by !== 'person');
  return open.length === 0 ? '' : `${count(open.length, 'question')} ${open.length === 1 ? 'waits' : 'wait'} for a person: ${open.map(({ number }) => `Q${number}`).join(', ')}`;
}
