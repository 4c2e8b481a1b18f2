import { createHash } from 'node:crypto';
import type { Review } from '../../model/review.js';
import { anchorsOf, type Anchors } from './anchors.js';
import { decisionsSection, stabilisationSection } from './boundary.js';
import { checklistSection } from './checklist.js';
import { SHEETS_MAX, consumersSection } from './consumers.js';
import { EMBEDDED_ID, embeddedJson } from './embedded.js';
import { findingsSection, listedFindings, type Listed } from './findings.js';
import { firstPage } from './first-page.js';
import { text } from './markup.js';
import { pictureSection } from './picture/draw.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';
import { coverageSection, differenceSection } from './surroundings.js';

/** Only this style and this script apply, whatever else got into the page, and nothing is loaded from anywhere. */
const POLICY = `default-src 'none'; style-src '${hashed(STYLE)}'; script-src '${hashed(SCRIPT)}'; base-uri 'none'; form-action 'none'`;

interface Section {
  id: string;
  heading: string;
  markup: string;
  /** Whether it begins on a new sheet of paper. */
  newPage: boolean;
}

/**
 * A review as one page that needs nothing besides: no network, no script (the findings can be filtered where scripts run), fit to be
 * printed with verdict, score and first things on the first sheet. The review itself is in it as JSON, in the element
 * `tidemark-review`. Every text of the review is taken for hostile. The same review gives the same page.
 */
export function renderReviewHtml(review: Review): string {
  const listed = listedFindings(review);
  const anchors = anchorsOf(review, [...listed.shown, ...listed.hidden], SHEETS_MAX);
  const sections = sectionsOf(review, listed, anchors);
  const contents = sections.map(({ id, heading }) => `<li><a href="#${id}">${heading}</a></li>`).join('');
  const lines = [
    '<!doctype html>', '<html lang="en">', '<head>', '<meta charset="utf-8">', `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">', '<meta name="referrer" content="no-referrer">', `<title>Boundary review: ${text(review.title, 200)}</title>`, `<style>${STYLE}</style>`, '</head>', '<body>',
    '<a class="skip" href="#contents">To the contents</a>', '<div class="page">', '<main>', firstPage(review, anchors),
    `<nav id="contents" aria-label="Contents"><ol>${contents}</ol></nav>`,
    ...sections.map(({ id, heading, markup, newPage }) => `<section aria-labelledby="${id}"${newPage ? ' class="new-page"' : ''}>\n<h2 id="${id}">${heading}</h2>\n${markup}\n</section>`),
    '</main>', '</div>',
    `<script type="application/json" id="${EMBEDDED_ID}">${embeddedJson(review)}</script>`, `<script>${SCRIPT}</script>`, '</body>', '</html>',
  ];
  return `${lines.join('\n')}\n`;
}

function sectionsOf(review: Review, listed: Listed, anchors: Anchors): Section[] {
  const section = (id: string, heading: string, markup: string, newPage = false): Section => ({ id, heading, markup, newPage });
  return [
    ...(review.difference === null ? [] : [section('change', 'What changed', differenceSection(review.difference), true)]),
    section('picture', 'The estate', pictureSection(review, anchors), review.difference === null),
    section('consumers', `Consumers (${review.consumers.length})`, consumersSection(review, anchors), true),
    section('checklist', `The ${review.checklist.length} questions`, checklistSection(review, anchors)),
    section('stabilisation', 'Steps of stabilisation', stabilisationSection(review)),
    section('decisions', `Decision records (${review.decisions.length})`, decisionsSection(review, anchors)),
    section('findings', `Findings (${listed.shown.length})`, findingsSection(review, listed, anchors), true),
    section('coverage', 'What this rests on', coverageSection(review)),
  ];
}

function hashed(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
