import { REVIEW_AREAS, type Answer, type AreaScore, type ChecklistAnswer, type Review } from '../../model/review.js';
import type { Anchors } from './anchors.js';
import { list, mark, text } from './markup.js';
import { rounded } from './first-page.js';
import { AREA_WORDS } from './words.js';

const EVIDENCE_MAX = 12;

export const ANSWER_WORDS: Record<Answer, { mark: string; word: string }> = {
  yes: { mark: 'ok', word: 'yes' }, partly: { mark: 'warning', word: 'partly' }, no: { mark: 'error', word: 'no' }, unknown: { mark: 'unknown', word: 'not known' }, 'not-applicable': { mark: 'none', word: 'does not apply' },
};

const BY_WORDS: Record<ChecklistAnswer['by'], string> = {
  machine: 'by evidence', proposed: 'proposed, to be confirmed by a person', person: 'by a person', open: 'waits for a person to answer', stale: 'answered too long ago',
};

/** The questions by group, each with what it counts, so that the score can be added up by hand. */
export function checklistSection(review: Review, anchors: Anchors): string {
  if (review.checklist.length === 0) return '<p>No question was asked.</p>';
  const firstFinding = new Map<string, string>();
  for (const finding of review.findings) {
    const id = anchors.finding(finding);
    if (id !== '' && !firstFinding.has(finding.ruleId)) firstFinding.set(finding.ruleId, id);
  }
  const groups = REVIEW_AREAS.flatMap((area) => {
    const questions = review.checklist.filter((one) => one.area === area);
    return questions.length === 0 ? [] : [group(questions, review.score.areas.find((one) => one.area === area), firstFinding)];
  });
  return groups.join('\n');
}

function group(questions: readonly ChecklistAnswer[], score: AreaScore | undefined, firstFinding: ReadonlyMap<string, string>): string {
  const [first] = questions;
  if (first === undefined) return '';
  const said = score === undefined ? '' : `: ${score.score === null ? 'not determined' : `${rounded(score.score)} of 100`}`;
  return `<h3>${AREA_WORDS[first.area]}${said}</h3>${score === undefined ? '' : `<p class="quiet">${text(score.arithmetic, 600)}</p>`}
<table class="cards answers" role="table"><colgroup><col><col><col><col></colgroup><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Question</th><th role="columnheader" scope="col">Answer</th><th role="columnheader" scope="col">Counts</th><th role="columnheader" scope="col">Evidence</th></tr></thead>
<tbody role="rowgroup">${questions.map((question) => row(question, firstFinding)).join('\n')}</tbody></table>`;
}

function row({ number, question, answer, value, by, sentence, evidence, rules, answeredBy }: ChecklistAnswer, firstFinding: ReadonlyMap<string, string>): string {
  const { mark: state, word } = ANSWER_WORDS[answer];
  const shown = evidence.slice(0, EVIDENCE_MAX).map((one) => text(one, 300));
  if (evidence.length > EVIDENCE_MAX) shown.push(`and ${evidence.length - EVIDENCE_MAX} more`);
  const who = answeredBy === null ? '' : `<p class="quiet">Answered by ${text(answeredBy.name, 100)} on ${text(answeredBy.on, 20)}${answeredBy.note === null ? '' : `: ${text(answeredBy.note, 500)}`}</p>`;
  const found = rules.filter((rule) => firstFinding.has(rule));
  const links = found.length === 0 ? '' : `<p class="quiet">Findings: ${found.slice(0, EVIDENCE_MAX).map((rule) => `<a href="#${firstFinding.get(rule) ?? ''}">${text(rule, 80)}</a>`).join(', ')}</p>`;
  const facts = shown.length === 0 && links === '' ? '' : `<details><summary>Evidence</summary>${list(shown)}${links}</details>`;
  return `<tr role="row" id="q${number}"><th role="rowheader" scope="row"><a href="#q${number}">Q${number}</a> ${text(question, 300)}</th><td role="cell" data-label="Answer">${mark(state, word)} <span class="quiet">${BY_WORDS[by]}</span></td><td role="cell" data-label="Counts" class="counts">${value === null ? 'not counted' : counted(value)}</td><td role="cell">${text(sentence, 500)}${who}${facts}</td></tr>`;
}

function counted(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : 'not counted';
}
