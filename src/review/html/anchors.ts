import type { Finding } from '../../model/finding.js';
import type { Review } from '../../model/review.js';

const SLUG_LENGTH_MAX = 60;
/** Enough of a fingerprint to be told from thousands of others; longer ones only make longer addresses. */
const FINGERPRINT_LENGTH = 16;

/** Where a page has what: every id is there once, and the same review gives the same ids. */
export interface Anchors {
  /** Of a consumer or of one of its parts; null where it has no row. */
  consumer(name: string): string | null;
  /** Of the row with this index, whatever its name. */
  sheet(index: number): string;
  /** Empty where the finding is not listed. */
  finding(finding: Finding): string;
  /** Of the first finding with this fingerprint; null where the review has none. */
  fingerprint(fingerprint: string): string | null;
  work(index: number): string;
  decision(index: number): string;
}

/** Gives everything that can be linked its id: `consumer-board-pack`, `finding-0faafce14b5525bb`, `q7`, `adr-3`. Only what the page lists has one. */
export function anchorsOf(review: Review, listed: readonly Finding[], sheets: number): Anchors {
  const taken = new Set(RESERVED);
  const unique = (wanted: string): string => {
    let id = wanted;
    for (let number = 2; taken.has(id); number += 1) id = `${wanted}-${number}`;
    taken.add(id);
    return id;
  };
  for (const { number } of review.checklist) taken.add(`q${number}`);

  const consumers = new Map<string, string>();
  const withSheet = review.consumers.slice(0, sheets);
  const ids = withSheet.map(({ name }) => unique(`consumer-${slug(name)}`));
  withSheet.forEach(({ name }, index) => setFirst(consumers, name, ids[index] ?? ''));
  withSheet.forEach(({ members }, index) => members.forEach((member) => setFirst(consumers, member, ids[index] ?? '')));

  const fingerprints = new Map<string, string>();
  const findings = new Map<Finding, string>();
  for (const finding of listed) {
    const id = unique(`finding-${slug(finding.partialFingerprints.boundary.slice(0, FINGERPRINT_LENGTH))}`);
    findings.set(finding, id);
    setFirst(fingerprints, finding.partialFingerprints.boundary, id);
  }
  const work = review.firstThings.map(({ id }) => unique(`work-${slug(id)}`));
  const decisions = review.decisions.map(({ id }) => unique(slug(id)));
  return {
    consumer: (name) => consumers.get(name) ?? null,
    sheet: (index) => ids[index] ?? '',
    finding: (finding) => findings.get(finding) ?? '',
    fingerprint: (fingerprint) => fingerprints.get(fingerprint) ?? null,
    work: (index) => work[index] ?? '',
    decision: (index) => decisions[index] ?? '',
  };
}

/** What the page itself has, whatever the review says. */
const RESERVED: readonly string[] = [
  'verdict', 'score', 'first', 'change', 'picture', 'consumers', 'sheets', 'checklist', 'stabilisation', 'decisions', 'findings', 'hidden', 'coverage', 'contents', 'filter', 'shown', 'errors', 'warnings', 'notes',
  'filter-text', 'filter-area', 'filter-level', 'filter-owner', 'tidemark-review', 'picture-title', 'picture-description',
];

function setFirst(map: Map<string, string>, key: string, id: string): void {
  if (!map.has(key)) map.set(key, id);
}

function slug(raw: string): string {
  const words = raw.slice(0, SLUG_LENGTH_MAX * 4).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return words.slice(0, SLUG_LENGTH_MAX).replace(/-$/, '') || 'unnamed';
}
