import type { Review, ReviewDifference } from '../../model/review.js';
import { count, formatQuantity } from '../../text/quantity.js';
import { ANSWER_WORDS } from './checklist.js';
import { change } from './first-page.js';
import { list, mark, sentence, terms, text } from './markup.js';
import { AREA_WORDS, moment } from './words.js';

const LISTED_MAX = 500;

/** What could not be looked at, what was guessed, how much was seen and what looking cost. */
export function coverageSection({ coverage, gaps, assumptions, stores }: Review): string {
  const rows = stores.map(({ name, engine, role, version, cost }) => `<tr role="row"><th role="rowheader" scope="row">${text(name, 100)}</th><td role="cell" data-label="Role">${text(role, 30)}</td><td role="cell" data-label="Engine">${text(engine, 30)} ${text(version, 50)}</td><td role="cell" data-label="Queries">${formatQuantity(cost.queries, 'count') ?? 'not known'}</td><td role="cell" data-label="Time">${formatQuantity(cost.elapsed_ms, 'ms') ?? 'not known'}</td><td role="cell" data-label="Received">${formatQuantity(cost.received_bytes, 'bytes') ?? 'not known'}</td></tr>`);
  return [
    `<h3>Could not be looked at (${gaps.length})</h3>`,
    gaps.length === 0 ? '<p>Everything that the configuration names was looked at.</p>' : list(gaps.slice(0, LISTED_MAX).map(({ subject, missing, cause, remedy, severity }) => `${mark('unknown', severity)} <strong>${text(subject, 200)}</strong>: ${text(missing, 300)}: ${sentence(cause, 500)}${remedy === null ? '' : ` <strong>Next:</strong> ${text(remedy, 600)}`}`)),
    more(gaps.length),
    `<h3>Assumptions (${assumptions.length})</h3>`,
    assumptions.length === 0 ? '<p>Nothing was guessed: the configuration says it.</p>' : list(assumptions.slice(0, LISTED_MAX).map((one) => text(one, 500))),
    more(assumptions.length),
    '<h3>What was looked at</h3>',
    terms([
      ['Statements', counts(coverage.statements, 'statement')],
      ['Dashboard queries', counts(coverage.queries, 'query', 'queries')],
      ['Relations', formatQuantity(coverage.relations, 'count') ?? 'not known'],
      ['Columns', `${coverage.columns.resolved} of ${coverage.columns.total} references resolved to a relation`],
      ['Views', coverage.views.total === 0 ? '' : `${coverage.views.agree} of ${coverage.views.total} read as the server reads them${coverage.views.differ === 0 ? '' : `, ${coverage.views.differ} differ`}`],
      ['Block reads', coverage.attributedBlockShare === null ? 'no statistics' : `${formatQuantity(coverage.attributedBlockShare, 'share') ?? 'an unknown part'} have a named reader`],
    ]),
    '<h3>What looking cost the stores</h3>',
    rows.length === 0 ? '<p>No store was asked.</p>' : `<table class="cards" role="table"><thead role="rowgroup"><tr role="row">${['Store', 'Role', 'Engine', 'Queries', 'Time', 'Received'].map((one) => `<th role="columnheader" scope="col">${one}</th>`).join('')}</tr></thead><tbody role="rowgroup">${rows.join('\n')}</tbody></table>`,
  ].join('\n');
}

function more(number: number): string {
  return number > LISTED_MAX ? `<p class="quiet">${number - LISTED_MAX} more are not listed; the JSON in this page holds them.</p>` : '';
}

function counts({ total, parsed, partial, unparsed }: Review['coverage']['statements'], one: string, many = `${one}s`): string {
  const rest = [...(partial > 0 ? [`${partial} in part`] : []), ...(unparsed > 0 ? [`${unparsed} not`] : [])];
  return `${parsed} of ${count(total, one, many)} understood${rest.length === 0 ? '' : `, ${rest.join(', ')}`}`;
}

export function differenceSection(difference: ReviewDifference): string {
  const { since, sentence, score, areas, answers, findings, consumers } = difference;
  const areaRows = areas.map(({ area, before, after }) => `<li>${AREA_WORDS[area]}: ${change(before, after)}</li>`).join('');
  const answerRows = answers.map(({ number, question, before, after }) => `<tr><th scope="row"><a href="#q${number}">Q${number}</a> ${text(question, 300)}</th><td>${mark(ANSWER_WORDS[before].mark, ANSWER_WORDS[before].word)}</td><td>${mark(ANSWER_WORDS[after].mark, ANSWER_WORDS[after].word)}</td></tr>`);
  const changed = [
    ...consumers.added.map((name) => `new: ${text(name, 200)}`), ...consumers.gone.map((name) => `gone: ${text(name, 200)}`), ...consumers.changed.map(({ name, what }) => `${text(name, 200)}: ${text(what, 300)}`),
  ];
  return [
    `<p>${text(sentence, 600)}</p><p class="quiet">Compared with the review of ${text(moment(since), 40)}.</p>`,
    terms([
      ['Score', change(score.before, score.after)],
      ['Findings', `${findings.fixed} fixed, ${findings.added} new, ${findings.unchanged} unchanged${findings.unseen === 0 ? '' : `, ${findings.unseen} no longer visible, which is not counted as fixed`}${(findings.firstSeen ?? 0) === 0 ? '' : `, ${findings.firstSeen} where the review before did not look, which is not counted as new`}`],
    ]),
    areaRows === '' ? '' : `<ul>${areaRows}</ul>`,
    answerRows.length === 0 ? '<p>No question is answered otherwise than before.</p>' : `<table><thead><tr><th scope="col">Question</th><th scope="col">Before</th><th scope="col">Now</th></tr></thead><tbody>${answerRows.join('\n')}</tbody></table>`,
    changed.length === 0 ? '' : `<h3>Consumers</h3>${list(changed.slice(0, LISTED_MAX))}${more(changed.length)}`,
  ].join('\n');
}
