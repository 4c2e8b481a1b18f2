import type { BacklogItem } from '../../model/backlog.js';
import type { Review } from '../../model/review.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { Anchors } from './anchors.js';
import { bar, list, mark, sentence, text } from './markup.js';
import { AREA_WORDS, OUTCOME_WORDS, PHASE_WORDS, moment } from './words.js';

/** A sheet holds no more; the areas and their sentences stand whole above the findings. */
const POINTS_MAX = 8;

/** What fits on one sheet of paper: verdict, score and the five first things. */
export function firstPage(review: Review, anchors: Anchors): string {
  return [header(review), '<div class="front">', verdict(review), score(review), '</div>', firstThings(review, anchors)].join('\n');
}

function header({ title, takenAt, tool, stores, difference }: Review): string {
  const names = stores.slice(0, 12).map(({ name, engine, version, role }) => `${text(name, 100)} (${text(role, 30)}, ${text(engine, 30)} ${text(version, 40)})`);
  if (stores.length > 12) names.push(`${stores.length - 12} more`);
  const since = difference === null ? '' : ` · <a href="#change">compared with the review of ${text(moment(difference.since), 40)}</a>`;
  return `<header><p class="quiet">Boundary review · ${text(moment(takenAt), 40)} · ${text(tool.name, 30)} ${text(tool.version, 30)}${since}</p>
<h1>${text(title, 200)}</h1>
<p class="quiet">${names.length === 0 ? 'No store could be looked at.' : names.join(' · ')}</p></header>`;
}

function verdict({ verdict: { outcome, sentence, points } }: Review): string {
  const { mark: state, word } = OUTCOME_WORDS[outcome];
  return `<section aria-labelledby="verdict"><h2 id="verdict">Verdict: ${mark(state, word)}</h2>
<p class="lead">${text(sentence, 300)}</p>
${list(points.slice(0, POINTS_MAX).map((point) => text(point, 200)))}</section>`;
}

function score({ score: { total, arithmetic, areas }, difference }: Review): string {
  const before = difference === null ? '' : `<p>${change(difference.score.before, difference.score.after)} since the review before.</p>`;
  const rows = areas.map(
    (area) => `<tr><th scope="row">${AREA_WORDS[area.area]}</th><td>${bar(area.score)}</td><td class="number">${area.score === null ? 'not determined' : rounded(area.score)}</td><td class="number">${area.answered} of ${area.questions}</td></tr>`,
  );
  const total100 = total === null ? '<p class="total">? <small>not determined: no question could be answered</small></p>' : `<p class="total">${rounded(total)} <small>of 100</small></p>`;
  return `<section aria-labelledby="score"><h2 id="score">Score</h2>
${total100}${before}
<table class="areas"><caption class="unseen">Score by area</caption><thead><tr><th scope="col">Area</th><th scope="col"><span class="unseen">Bar</span></th><th scope="col" class="number">Score</th><th scope="col" class="number">Answered</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>
<p class="quiet">${sentence(arithmetic)} Which question counts what: <a href="#checklist">the checklist</a>.</p></section>`;
}

/** A score is never said more exactly than it is known. */
export function rounded(score: number): string {
  return Number.isFinite(score) ? String(Math.round(score)) : 'not known';
}

export function change(before: number | null, after: number | null): string {
  if (before === null || after === null) return `${before === null ? 'not determined' : rounded(before)} → ${after === null ? 'not determined' : rounded(after)}`;
  const by = Math.round(after) - Math.round(before);
  return `${rounded(before)} → ${rounded(after)} (${by > 0 ? `+${by}` : by === 0 ? 'no change' : `−${-by}`})`;
}

function firstThings({ firstThings: items, findings, gaps }: Review, anchors: Anchors): string {
  const heading = '<section aria-labelledby="first"><h2 id="first">First things to do</h2>';
  if (items.length === 0) return `${heading}<p>Nothing is proposed${findings.length + gaps.length === 0 ? ': there is neither a finding to end nor a gap to close' : ''}.</p></section>`;
  return `${heading}<ol class="first">${items.slice(0, 5).map((item, index) => thing(item, anchors, index)).join('\n')}</ol></section>`;
}

function thing(item: BacklogItem, anchors: Anchors, index: number): string {
  const { phase, title, why, effort, gain, owner, store, findings, command } = item;
  const links = findings.flatMap((fingerprint) => anchors.fingerprint(fingerprint) ?? []);
  const evidence = links.length === 0 ? '' : `<details class="screen-only"><summary>${count(links.length, 'finding')}</summary><p>${links.slice(0, 60).map((id, number) => `<a href="#${id}">${number + 1}</a>`).join(' ')}</p></details>`;
  return `<li id="${anchors.work(index)}"><strong>${text(title, 160)}</strong>
<span class="quiet">${PHASE_WORDS[phase]} · ${effort.size}, ${hours(effort)} · ${owner === null ? 'no owner known' : text(owner, 100)}${store === '' ? '' : ` · ${text(store, 100)}`}</span>
<p>${text(gain, 160)}</p><p class="quiet">${sentence(why, 180)} ${sentence(effort.reason, 120)}</p>${command === null ? '' : `<p><code>${text(command, 160)}</code></p>`}${evidence}</li>`;
}

function hours({ hours_min, hours_max }: BacklogItem['effort']): string {
  const said = (hours: number): string => formatQuantity(hours, 'count') ?? '?';
  return hours_min === hours_max ? `${said(hours_min)} h` : `${said(hours_min)} to ${said(hours_max)} h`;
}
