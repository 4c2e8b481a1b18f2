import type { Finding } from '../model/finding.js';
import type { Report } from '../model/report.js';
import type { Gap } from '../model/snapshot.js';
import { count } from '../text/quantity.js';
import { htmlText } from './parts/html-text.js';
import { toldOf } from './parts/told.js';
import { firstOf, gapSentence, oneLine, suppressionSentence, verdictLine } from './parts/words.js';

/** A browser lays out thousands of findings slowly; what is beyond is counted. */
const LISTED_MAX = 5_000;
const PLACES_MAX = 10;

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
article{border-left:.25rem solid;padding:.1rem 1rem;margin:1rem 0;overflow-wrap:anywhere;break-inside:avoid}
.error{border-color:#c62828}.warning{border-color:#b26a00}.note{border-color:#1565c0}
.place{font-family:ui-monospace,monospace;font-size:.85rem;opacity:.8}
summary{cursor:pointer;font-weight:bold}
@media print{body{margin:0;max-width:none}}`;

/** One page for people who have no terminal: no script, nothing loaded from anywhere, light and dark, fit to be printed. */
export function render(report: Report): string {
  const told = toldOf(report);
  const title = `tidemark ${report.check === undefined ? 'audit' : 'check'}`;
  const lines = [
    '<!doctype html>', '<html lang="en">', '<head>', '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title>`, `<style>${STYLE}</style>`, '</head>', '<body>',
    `<h1>${title}: ${text(verdictLine(report, told))}</h1>`,
    `<p>${context(report)}</p>`,
    ...list('Could not be looked at, and is not known to be clean', told.gaps.map(gapText)),
    ...list('The ratchet refuses', told.ratchet.map((one) => text(one))),
    ...list('Verdicts', report.verdicts.map(({ area, outcome, sentence }) => text(`${area}: ${outcome}: ${sentence}`))),
    ...articles(report.check === undefined ? 'Findings' : 'New findings', told.fresh),
    ...list('Fixed', told.fixed.map(({ message }) => text(message))),
    ...list('Hidden by baseline, waivers and comments', told.hidden.map(({ message, suppressions = [] }) => text(`${oneLine(message)}: ${suppressions.map(suppressionSentence).join('; ')}`, 2_000))),
    ...list('Unchanged', told.unchanged.map(({ message }) => text(message))),
    ...list('Known not to be seen', told.knownGaps.map(gapText)),
    ...list('Notes', (report.check?.notes ?? []).map((one) => text(one))),
    ...list('Assumptions', report.assumptions.map((one) => text(one))),
    '</body>', '</html>',
  ];
  return `${lines.join('\n')}\n`;
}

function text(raw: string, limit = 1_000): string {
  return htmlText(oneLine(raw, limit));
}

function context({ check, takenAt, stores }: Report): string {
  if (check === undefined) return text(`Snapshot of ${takenAt}: ${stores.map(({ name, engine, version }) => `${oneLine(name, 100)} (${engine} ${oneLine(version, 50)})`).join(', ')}`);
  const since = check.since === null ? 'Everything' : `${count(check.files.length, 'file')} changed since ${oneLine(check.since.ref, 100)} (${oneLine(check.since.commit, 12)})`;
  return text(`${since}, judged against ${oneLine(check.bundle.file, 300)} of ${check.bundle.takenAt}`);
}

function gapText(gap: Gap): string {
  return text(`${gapSentence(gap)}${gap.remedy === null ? '' : ` → ${oneLine(gap.remedy)}`}`, 2_000);
}

function list(heading: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return [`<h2>${heading} (${items.length})</h2>`, '<ul>', ...items.slice(0, LISTED_MAX).map((item) => `<li>${item}</li>`), ...more(items.length, 'li'), '</ul>'];
}

function articles(heading: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  return [`<h2>${heading} (${findings.length})</h2>`, ...findings.slice(0, LISTED_MAX).flatMap(article), ...more(findings.length, 'p')];
}

function more(number: number, element: 'li' | 'p'): string[] {
  return number > LISTED_MAX ? [`<${element}>… and ${number - LISTED_MAX} more: the JSON report holds them.</${element}>`] : [];
}

function article({ level, message, ruleId, owner, evidence, why, fix, locations }: Finding): string[] {
  const places = firstOf(locations.map(({ file, line, column }) => `${oneLine(file, 300)}:${line}:${column}`), PLACES_MAX);
  return [
    `<article class="${level}">`,
    `<p><strong>${level}</strong> ${text(message)}</p>`,
    `<p class="place">${text([ruleId, ...(owner === null ? [] : [oneLine(owner, 100)]), ...places].join(' · '), 4_000)}</p>`,
    ...(evidence.length === 0 ? [] : ['<ul>', ...evidence.map((one) => `<li>${text(one)}</li>`), '</ul>']),
    `<details open><summary>What to do</summary><p>${text(fix)}</p><p>${text(why)}</p></details>`,
    '</article>',
  ];
}
