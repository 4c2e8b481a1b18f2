import { AREAS, type Finding, type Level } from '../../model/finding.js';
import type { Review } from '../../model/review.js';
import { count } from '../../text/quantity.js';
import type { Anchors } from './anchors.js';
import { consumerLink } from './boundary.js';
import { list, mark, text } from './markup.js';
import { FINDING_AREA_WORDS, OUTCOME_WORDS, isHidden } from './words.js';

/** A browser lays out thousands of findings slowly; the worst are listed, the rest is counted. */
const LISTED_MAX = 2_000;
const EVIDENCE_MAX = 30;
const PLACES_MAX = 10;
const LEVELS: readonly { level: Level; id: string; heading: string }[] = [
  { level: 'error', id: 'errors', heading: 'Errors' }, { level: 'warning', id: 'warnings', heading: 'Warnings' }, { level: 'note', id: 'notes', heading: 'Notes' },
];

/** What the filter takes for nobody; no owner is called so, as `text` trims. */
const NOBODY = ' ';

export interface Listed {
  shown: Finding[];
  hidden: Finding[];
  leftOut: number;
}

/** What the page lists, worst first, and what a baseline, a waiver or a comment hides. */
export function listedFindings({ findings }: Review): Listed {
  const shown = findings.filter((finding) => !isHidden(finding));
  const hidden = findings.filter(isHidden);
  return { shown: shown.slice(0, LISTED_MAX), hidden: hidden.slice(0, LISTED_MAX), leftOut: Math.max(0, shown.length - LISTED_MAX) + Math.max(0, hidden.length - LISTED_MAX) };
}

export function findingsSection(review: Review, listed: Listed, anchors: Anchors): string {
  const { shown, hidden, leftOut } = listed;
  const groups = LEVELS.flatMap(({ level, id, heading }) => {
    const found = shown.filter((finding) => finding.level === level);
    return found.length === 0 ? [] : [`<div class="level-group"><h3 id="${id}">${heading} (${found.length})</h3>${found.map((finding) => article(finding, anchors)).join('\n')}</div>`];
  });
  return [
    verdicts(review),
    '<p class="print-only quiet">Printed are the errors with their evidence, and of warnings and notes what they say; the page on a screen and the JSON in it hold the rest.</p>',
    shown.length === 0 ? `<p>${hidden.length === 0 ? 'Nothing was found in what could be looked at.' : 'Everything that was found is hidden by a baseline, a waiver or a comment.'}</p>` : filter(shown),
    ...groups,
    leftOut === 0 ? '' : `<p>${count(leftOut, 'finding')} more, milder than these: the JSON in this page holds them.</p>`,
    hidden.length === 0 ? '' : `<h3 id="hidden">Hidden by a baseline, a waiver or a comment (${hidden.length})</h3>${hidden.map((finding) => article(finding, anchors)).join('\n')}`,
  ].join('\n');
}

function verdicts({ verdicts: all }: Review): string {
  if (all.length === 0) return '';
  const rows = all.map(({ area, outcome, sentence, errors, warnings, notes }) => `<tr role="row"><th role="rowheader" scope="row">${FINDING_AREA_WORDS[area]}</th><td role="cell" data-label="Verdict">${mark(OUTCOME_WORDS[outcome].mark, OUTCOME_WORDS[outcome].word)}</td><td role="cell">${text(sentence, 500)}</td><td role="cell" data-label="Findings">${[count(errors, 'error'), count(warnings, 'warning'), count(notes, 'note')].join(', ')}</td></tr>`);
  return `<table class="cards" role="table"><caption>Verdict of each area</caption><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Area</th><th role="columnheader" scope="col">Verdict</th><th role="columnheader" scope="col">Why</th><th role="columnheader" scope="col">Findings</th></tr></thead><tbody role="rowgroup">${rows.join('\n')}</tbody></table>`;
}

function filter(shown: readonly Finding[]): string {
  const areas = AREAS.filter((area) => shown.some((finding) => finding.area === area));
  const owners = [...new Set(shown.map(ownerKey))].sort();
  const option = (value: string, said: string): string => `<option value="${value}">${said}</option>`;
  const select = (name: string, label: string, options: string[]): string => `<label for="filter-${name}">${label}<select id="filter-${name}">${option('', 'all')}${options.join('')}</select></label>`;
  return `<form id="filter" class="filter" role="search" aria-label="Filter the findings" hidden>
<label for="filter-text">Text<input id="filter-text" type="search" autocomplete="off"></label>
${select('area', 'Area', areas.map((area) => option(area, FINDING_AREA_WORDS[area])))}
${select('level', 'Level', LEVELS.filter(({ level }) => shown.some((finding) => finding.level === level)).map(({ level }) => option(level, level)))}
${select('owner', 'Owner', owners.map((owner) => option(owner, owner === NOBODY ? 'nobody known' : owner)))}
<button type="reset">Show all</button><output id="shown" aria-live="polite"></output></form>`;
}

/** For the value of an attribute. */
function ownerKey({ owner }: Finding): string {
  return owner === null ? NOBODY : text(owner, 100);
}

function article(finding: Finding, anchors: Anchors): string {
  const { level, area, message, ruleId, owner, consumer, store, relation, why, fix, clause, confidence, baselineState, suppressions = [] } = finding;
  const id = anchors.finding(finding);
  const said = [
    `<a href="#${id}">${text(ruleId, 80)}</a>`, FINDING_AREA_WORDS[area], consumer === '' ? '' : consumerLink(consumer, anchors), text([store, relation].filter((one) => one !== '').join(' '), 200),
    owner === null ? 'no owner known' : text(owner, 100), baselineState === undefined ? '' : text(baselineState, 20),
  ].filter((one) => one !== '');
  const reasons = suppressions.slice(0, PLACES_MAX).map(({ by, justification, owner: who, until }) => `${by}${who === null ? '' : ` by ${text(who, 100)}`}${until === null ? '' : ` until ${text(until, 20)}`}: ${text(justification, 500)}`);
  return `<article id="${id}" class="${level}" data-area="${area}" data-level="${level}" data-owner="${ownerKey(finding)}"><h4>${mark(level, level)} ${text(message, 700)}</h4>
<p class="quiet">${said.join(' · ')}</p>${list(reasons)}
<details${level === 'error' ? '' : ' class="screen-only"'}><summary>Evidence, why and what to do</summary>${evidence(finding)}<p><strong>What to do.</strong> ${text(fix)}</p><p><strong>Why.</strong> ${text(why)}</p><p class="quiet">${text(clause, 300)}; ${Number.isFinite(confidence) ? `${Math.round(confidence * 100)} % sure` : 'not known how sure'}</p></details></article>`;
}

function evidence({ evidence: all, links = [], locations }: Finding): string {
  const places = locations.map(({ file, line, column }) => `<code>${text(`${file}:${line}:${column}`, 300)}</code>`);
  return list([
    ...firstOf(all.map((one) => text(one, 600)), EVIDENCE_MAX), ...links.slice(0, PLACES_MAX).map(({ evidence: said, confidence }) => `joined with the statistics: ${text(said, 300)} (${Math.round(confidence * 100)} % sure)`), ...firstOf(places, PLACES_MAX),
  ]);
}

function firstOf(items: readonly string[], most: number): string[] {
  return items.length <= most ? [...items] : [...items.slice(0, most), `and ${items.length - most} more`];
}
