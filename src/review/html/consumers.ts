import type { ClassifiedConsumer, ControlState, Proposed } from '../../model/classified-consumer.js';
import type { Consequence, Review } from '../../model/review.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { Anchors } from './anchors.js';
import { list, mark, sentence, terms, text } from './markup.js';
import { CONTROL_WORDS, DECISION_WORDS, FIT_WORDS, LEVEL_WORDS, PATTERN_WORDS, saidHow } from './words.js';

const ROWS_MAX = 500;
/** Beyond these a consumer has its row only. */
export const SHEETS_MAX = 300;
const PARTS_MAX = 40;

const COLUMNS = ['Consumer', 'Decision', 'Level needed, and reached', 'Fit', 'Served by, should move to', 'Owner', 'Controls'];

/** Every consumer in one row, and behind it a sheet with the evidence. */
export function consumersSection({ consumers, findings, consequences = [] }: Review, anchors: Anchors): string {
  if (consumers.length === 0) return '<p>No consumer is classified: no dashboard, report, code or role that reads was among what could be looked at.</p>';
  const findingsOf = new Map<string, number>();
  for (const { consumer } of findings) {
    const id = anchors.consumer(consumer);
    if (id !== null) findingsOf.set(id, (findingsOf.get(id) ?? 0) + 1);
  }
  const consequenceOf = new Map(consequences.map((one) => [one.consumer, one]));
  const controls = Object.values(CONTROL_WORDS).map(({ short, word }) => `${short} ${word}`).join(', ');
  const head = COLUMNS.map((column) => `<th role="columnheader" scope="col">${column}</th>`).join('');
  const rows = consumers.slice(0, ROWS_MAX).map((consumer, index) => row(consumer, index < SHEETS_MAX ? anchors.sheet(index) : null));
  return [
    `<p>${summary(consumers)}</p>`,
    `<p class="quiet key">Proposed by evidence unless it says confirmed. Controls: ${controls}. Underlined are those that the level needs; ✓ present, ✕ absent, ? could not be looked at.</p><table class="cards consumers" role="table"><caption class="unseen">Consumers</caption><colgroup>${COLUMNS.map(() => '<col>').join('')}</colgroup>`,
    `<thead role="rowgroup"><tr role="row">${head}</tr></thead><tbody role="rowgroup">${rows.join('\n')}</tbody></table>`,
    more(consumers.length, ROWS_MAX, 'consumers are not listed'),
    '<h3 id="sheets">Each consumer with its evidence</h3>',
    ...consumers.slice(0, SHEETS_MAX).map((consumer, index) => sheet(consumer, anchors.sheet(index), findingsOf.get(anchors.sheet(index)) ?? 0, consequenceOf.get(consumer.name))),
    more(consumers.length, SHEETS_MAX, 'consumers have no sheet here'),
  ].join('\n');
}

/** `11 fit, 3 are under-engineered, …`: counted, for a table is not read to be counted. */
function summary(consumers: readonly ClassifiedConsumer[]): string {
  const fits = (['under', 'over', 'fits', 'undetermined'] as const).flatMap((fit) => {
    const many = consumers.filter((consumer) => consumer.fit === fit).length;
    return many === 0 ? [] : [`${many} ${FIT_WORDS[fit].word}`];
  });
  const moves = consumers.filter(({ target }) => target !== null).length;
  const unclassified = consumers.filter(({ decision }) => decision === null).length;
  return `${count(consumers.length, 'consumer')}: ${fits.join(', ')}. ${moves === 0 ? 'None should move' : `${moves} should move`}${unclassified === 0 ? '' : `; of ${unclassified} it is not known what they decide`}.`;
}

function more(number: number, most: number, words: string): string {
  return number > most ? `<p class="quiet">${number - most} more ${words}; the JSON in this page holds them.</p>` : '';
}

function row(consumer: ClassifiedConsumer, id: string | null): string {
  const { name, kind, decision, level, actualLevel, fit, ownership, controls } = consumer;
  const cells = [
    decision === null ? mark('unknown', 'not known') : `${DECISION_WORDS[decision.value]} <span class="quiet">${saidHow(decision)}</span>`,
    `${level === null ? mark('unknown', 'not known') : `${LEVEL_WORDS[level.value]} <span class="quiet">${saidHow(level)}</span>`}<br><span class="quiet">reaches ${actualLevel === null ? 'no level' : LEVEL_WORDS[actualLevel]}</span>`,
    mark(FIT_WORDS[fit].mark, FIT_WORDS[fit].word),
    place(consumer),
    ownership.accountable === null ? mark('unknown', 'nobody known') : text(ownership.accountable, 100),
    `<ul class="controls">${controls.map(control).join('')}</ul>`,
  ];
  const label = id !== null ? `<a href="#${id}">${text(name, 160)}</a>` : text(name, 160);
  return `<tr role="row"><th role="rowheader" scope="row">${label} <span class="quiet">${kind}</span></th>${cells.map((cell, index) => `<td role="cell" data-label="${COLUMNS[index + 1] ?? ''}">${cell}</td>`).join('')}</tr>`;
}

const STATES = { present: { kind: 'ok', word: 'present' }, absent: { kind: 'error', word: 'absent' }, unknown: { kind: 'unknown', word: 'not known' } } as const;
const SIGNS = { present: '✓', absent: '✕', unknown: '?' } as const;

/** An absent control that nobody needs is no fault, and is not coloured as one. */
function control({ control: name, required, state }: ControlState): string {
  const { short, word } = CONTROL_WORDS[name];
  const kind = state === 'absent' && !required ? 'none' : STATES[state].kind;
  return `<li class="mark ${kind}"><span aria-hidden="true"><span class="${required ? 'wanted' : 'unwanted'}">${short}</span>&nbsp;${SIGNS[state]}</span><span class="unseen">${word}${required ? ', required' : ''}: ${STATES[state].word}</span></li>`;
}

function place(consumer: ClassifiedConsumer): string {
  const { current, target } = consumer;
  const gain = freed(consumer);
  const now = current === null ? 'not known' : PATTERN_WORDS[current];
  if (current === null && target === null) return mark('unknown', 'not known');
  return target === null ? `${now} <span class="quiet">stays</span>` : `${now} → <strong>${PATTERN_WORDS[target.pattern]}</strong>${gain === null ? '' : ` <span class="quiet">frees ${gain} on production</span>`}`;
}

function freed({ frees }: ClassifiedConsumer): string | null {
  if (frees === null) return null;
  const share = (value: number | null, of: string): string[] => (value === null ? [] : [`${formatQuantity(value, 'share') ?? 'an unknown part'} of ${of}`]);
  const said = [...share(frees.blockShare, 'block reads'), ...share(frees.timeShare, 'time')];
  return said.length === 0 ? count(frees.calls, 'call') : said.join(', ');
}

function sheet(consumer: ClassifiedConsumer, id: string, found: number, consequence: Consequence | undefined): string {
  const { name, kind, members, fit, fitReason, target, ownership, reads, controls } = consumer;
  const facts = terms([
    ['Decision', proposed(consumer.decision, (value) => DECISION_WORDS[value])],
    ['Truth domain', proposed(consumer.domain, (value) => value)],
    ['Level needed', proposed(consumer.level, (value) => LEVEL_WORDS[value])],
    ['May be old by', proposed(consumer.freshness_seconds, (value) => formatQuantity(value, 'seconds') ?? 'not known')],
    ['Looks back', proposed(consumer.history_seconds, (value) => (value === 0 ? 'not at all: the present state' : (formatQuantity(value, 'seconds') ?? 'not known')))],
    ['Authority', proposed(consumer.authority, (value) => value)],
    ['Accountable', ownership.accountable === null ? 'nobody is known' : `${text(ownership.accountable, 100)} <span class="quiet">${text(ownership.via, 200)}</span>`],
    ['Responsible', ownership.responsible === null ? '' : text(ownership.responsible, 100)],
    ['Consulted', ownership.consulted.slice(0, PARTS_MAX).map((one) => text(one, 100)).join(', ')],
    ['If it is wrong', said(consequence?.ifWrong ?? null, consequence)],
    ['If it is stale', said(consequence?.ifStale ?? null, consequence)],
    ['Reads', list(reads.map(({ store, role, relations, zones }) => `${text(store, 100)} (${text(role, 30)}${zones.length === 0 ? '' : `; ${zones.slice(0, PARTS_MAX).map((zone) => text(zone, 60)).join(', ')}`}): ${firstOf(relations)}`))],
    ['Parts', members.length === 1 && members[0] === name ? '' : firstOf(members)],
  ]);
  const rows = controls.map(({ control: which, required, state, evidence }) => `<tr><th scope="row">${CONTROL_WORDS[which].word}</th><td>${required ? 'needed' : 'not needed'}</td><td>${mark(state === 'absent' && !required ? 'none' : STATES[state].kind, STATES[state].word)}</td><td>${text(evidence, 400)}</td></tr>`);
  return `<article id="${id}"><h4>${text(name, 200)} <span class="quiet">${kind}</span></h4>
<p>${mark(FIT_WORDS[fit].mark, FIT_WORDS[fit].word)}: ${text(fitReason, 500)}</p>
${target === null ? '' : `<p>Should move to <strong>${PATTERN_WORDS[target.pattern]}</strong>: ${sentence(target.reason, 500)}${freed(consumer) === null ? '' : ` It frees ${freed(consumer)}.`}</p>`}
<details class="screen-only"><summary>Evidence and controls${found === 0 ? '' : `; ${count(found, 'finding')}`}</summary>${facts}
<table><thead><tr><th scope="col">Control</th><th scope="col">Level</th><th scope="col">State</th><th scope="col">Evidence</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></details></article>`;
}

/** Nothing where nobody was asked; who answered stands with what was said. */
function said(answer: string | null, consequence: Consequence | undefined): string {
  if (consequence === undefined) return '';
  if (answer === null) return mark('unknown', 'waits for a person to answer');
  const { answeredBy, isStale } = consequence;
  const who = answeredBy === null ? '' : ` <span class="quiet">${text(answeredBy.name, 100)} on ${text(answeredBy.on, 20)}</span>`;
  return `${text(answer, 600)}${who}${isStale ? ` ${mark('warning', 'answered too long ago')}` : ''}`;
}

function firstOf(names: readonly string[]): string {
  const shown = names.slice(0, PARTS_MAX).map((name) => text(name, 200)).join(', ');
  return names.length > PARTS_MAX ? `${shown} and ${names.length - PARTS_MAX} more` : shown;
}

function proposed<T>(one: Proposed<T> | null, said: (value: T) => string): string {
  if (one === null) return '';
  const reasons = one.reasons.slice(0, PARTS_MAX).map((reason) => text(reason, 300)).join('; ');
  return `${text(said(one.value), 200)} <span class="quiet">${saidHow(one)}${reasons === '' ? '' : `: ${reasons}`}</span>`;
}
