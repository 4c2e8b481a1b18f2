import type { DecisionRecord, Review, StepState } from '../../model/review.js';
import type { Anchors } from './anchors.js';
import { list, mark, text } from './markup.js';

const CONCEPTS_MAX = 100;
const DECISIONS_MAX = 100;
const NAMES_MAX = 40;

const STEP_WORDS: Record<StepState['state'], { mark: string; word: string }> = {
  done: { mark: 'ok', word: 'done' }, open: { mark: 'warning', word: 'open' }, unknown: { mark: 'unknown', word: 'not known' },
};

/** The seven steps against the concepts; every cell says what it rests on. */
export function stabilisationSection({ stabilisation: { steps, concepts, done, next } }: Review): string {
  const said = `<p>${concepts.length === 0 ? '' : `${done} of ${steps.length} steps are done for every concept. `}<strong>Next:</strong> ${text(next, 500)}</p>`;
  if (concepts.length === 0) return `${said}<p>No business concept is configured, and none could be proposed: the steps cannot be told.</p>`;
  const head = steps.map(({ number, title }) => `<th role="columnheader" scope="col">${number}. ${text(title, 100)}</th>`).join('');
  const rows = concepts.slice(0, CONCEPTS_MAX).map(({ name, via, cells }) => {
    const states = steps.map(({ number, title }) => {
      const cell = cells.find(({ step }) => step === number);
      const { mark: state, word } = STEP_WORDS[cell?.state ?? 'unknown'];
      return `<td role="cell" data-label="${number}. ${text(title, 100)}">${mark(state, word)} ${text(cell?.evidence ?? 'nothing was looked at', 300)}</td>`;
    });
    return `<tr role="row"><th role="rowheader" scope="row">${text(name, 100)} <span class="quiet">${text(via, 100)}</span></th>${states.join('')}</tr>`;
  });
  const more = concepts.length > CONCEPTS_MAX ? `<p class="quiet">${concepts.length - CONCEPTS_MAX} more concepts are not listed; the JSON in this page holds them.</p>` : '';
  return `${said}<table class="cards matrix" role="table"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Concept</th>${head}</tr></thead><tbody role="rowgroup">${rows.join('\n')}</tbody></table>${more}`;
}

const STATUS_MARKS: Record<DecisionRecord['status'], string> = { proposed: 'unknown', accepted: 'ok', superseded: 'none' };

export function decisionsSection({ decisions }: Review, anchors: Anchors): string {
  if (decisions.length === 0) return '<p>No decision is proposed and none is evident.</p>';
  const more = decisions.length > DECISIONS_MAX ? `<p class="quiet">${decisions.length - DECISIONS_MAX} more decisions are not listed; the JSON in this page holds them.</p>` : '';
  return `${decisions.slice(0, DECISIONS_MAX).map((record, index) => decision(record, anchors, anchors.decision(index))).join('\n')}${more}`;
}

function decision({ id, title, status, context, decision: decided, consequences, consumers }: DecisionRecord, anchors: Anchors, anchor: string): string {
  const names = consumers.slice(0, NAMES_MAX).map((name) => consumerLink(name, anchors));
  if (consumers.length > NAMES_MAX) names.push(`${consumers.length - NAMES_MAX} more`);
  return `<article id="${anchor}"><h3>${text(id, 40)}: ${text(title, 250)}</h3><p>${mark(STATUS_MARKS[status], status)}</p>
<p><strong>Context.</strong> ${text(context, 1_500)}</p><p><strong>Decision.</strong> ${text(decided, 1_500)}</p>
${consequences.length === 0 ? '' : `<p><strong>Consequences.</strong></p>${list(consequences.slice(0, NAMES_MAX).map((one) => text(one, 600)))}`}
${names.length === 0 ? '' : `<p class="quiet">Concerns ${names.join(', ')}</p>`}</article>`;
}

/** A name that leads to its sheet where it has one. */
export function consumerLink(name: string, anchors: Anchors): string {
  const id = anchors.consumer(name);
  return id === null ? text(name, 200) : `<a href="#${id}">${text(name, 200)}</a>`;
}
