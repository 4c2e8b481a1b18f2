import { createHash } from 'node:crypto';
import type { Level } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { sortedJson } from './layout/sorted-json.js';
import { configurationPlace, gapPlace, type Place, shownPlace } from './parts/place.js';
import { ratchetLevel, toldOf } from './parts/told.js';
import { gapSentence, oneLine } from './parts/words.js';
import type { RenderOptions } from './index.js';

const SEVERITIES = { error: 'critical', warning: 'major', note: 'info' } as const satisfies Record<Level, string>;

interface Issue {
  check_name: string;
  description: string;
  /** What it is known by from one pipeline to the next, before it is made unique. */
  identity: string;
  severity: 'blocker' | 'critical' | 'major' | 'info';
  place: Place;
}

/**
 * GitLab's code quality report: what could not be looked at, a refused ratchet, and findings that are new and not hidden. Identities hold
 * no line, so that a finding that moves is the same to GitLab. Source: docs.gitlab.com, "Code Quality", "Code Quality report format".
 */
export function render(report: Report, options: RenderOptions): string {
  const seen = new Map<string, number>();
  const issues = issuesOf(report, options).map(({ check_name, description, identity, severity, place }) => {
    const nth = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, nth);
    // GitLab takes two with one fingerprint for one.
    const fingerprint = createHash('sha256').update(`${identity}\0${nth}`).digest('hex').slice(0, 32);
    return { check_name, description, fingerprint, severity, location: { path: place.path, lines: { begin: place.line } } };
  });
  return `${sortedJson(issues, 2)}\n`;
}

function issuesOf(report: Report, options: RenderOptions): Issue[] {
  const { gaps, fresh, ratchet } = toldOf(report);
  return [
    ...gaps.map((gap): Issue => ({ check_name: 'could-not-look', description: gapSentence(gap), identity: `could-not-look\0${gap.subject}\0${gap.missing}`, severity: 'blocker', place: gapPlace(gap, options) })),
    ...ratchet.map((text): Issue => ({ check_name: 'ratchet', description: oneLine(text), identity: `ratchet\0${text}`, severity: SEVERITIES[ratchetLevel(options)], place: configurationPlace(options) })),
    ...fresh.map((finding): Issue => ({ check_name: oneLine(finding.ruleId, 100), description: oneLine(finding.message), identity: finding.partialFingerprints.boundary, severity: SEVERITIES[finding.level], place: shownPlace(finding, options) })),
  ];
}
