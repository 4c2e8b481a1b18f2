import type { Finding } from '../../model/finding.js';
import type { Report } from '../../model/report.js';
import type { RenderOptions } from '../index.js';
import type { Gap } from '../../model/snapshot.js';

/** What a report tells, by what it asks of the reader. Each list keeps the order of the report: worst first. */
export interface Told {
  /** New or compared with nothing, and not hidden: what somebody has to act on. */
  fresh: Finding[];
  unchanged: Finding[];
  hidden: Finding[];
  fixed: Finding[];
  gaps: Gap[];
  knownGaps: Gap[];
  ratchet: string[];
}

/** Parts the findings and gaps of an audit or a check. */
export function toldOf({ findings, gaps, check }: Report): Told {
  const isHidden = ({ suppressions = [] }: Finding): boolean => suppressions.length > 0;
  const shown = findings.filter((finding) => !isHidden(finding));
  return {
    fresh: shown.filter(({ baselineState }) => baselineState === undefined || baselineState === 'new'),
    unchanged: shown.filter(({ baselineState }) => baselineState === 'unchanged'),
    hidden: findings.filter(isHidden),
    fixed: check?.fixed ?? [],
    gaps,
    knownGaps: check?.knownGaps ?? [],
    ratchet: check?.ratchet ?? [],
  };
}

/** A refused ratchet fails a run at any level but `never`. */
export function ratchetLevel({ failOn }: RenderOptions): 'error' | 'warning' {
  return failOn === 'never' ? 'warning' : 'error';
}

/** In an audit only what is wholly unseen fails the run; in a check everything that was not looked at does. */
export function gapFails({ check }: Report, { severity }: Gap): boolean {
  return check !== undefined || severity === 'blind';
}
