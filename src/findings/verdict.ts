import type { Subject } from '../facts/subjects.js';
import { type Area, AREAS, type Finding } from '../model/finding.js';
import type { Coverage, Outcome, Verdict } from '../model/report.js';
import type { Gap } from '../model/snapshot.js';
import { areaOf, boundary } from './verdicts/boundary.js';
import { coupling } from './verdicts/coupling.js';
import { drift } from './verdicts/drift.js';
import { guardrail } from './verdicts/guardrail.js';
import { privacy } from './verdicts/privacy.js';
import { workload } from './verdicts/workload.js';

/** What the subjects that break a rule have in common, for `1 of 4 reporting roles has …` and `2 of 4 … have …`. */
export interface Tally {
  one: string;
  many: string;
}

/** A rule that could not be decided on a subject, because it needs a number that is not known. */
export interface Undecided {
  ruleId: string;
  area: Area;
  consumer: string;
  store: string;
  relation: string;
  /** A number that it needed and that is not known, as `group.field`. */
  fact: string;
}

export interface VerdictContext {
  /** Everything that was judged. */
  subjects: readonly Subject[];
  coverage: Coverage;
  /** What could not be looked at; a gap without areas concerns them all. */
  gaps: readonly (Gap & { areas?: readonly Area[] })[];
  undecided: readonly Undecided[];
  /** By rule id. */
  tallies: ReadonlyMap<string, Tally>;
}

/** What one area has to say, in parts of sentences without a full stop. */
export interface AreaVerdict {
  /** What is wrong, with the number that matters; empty where nothing is. */
  violated: string;
  /** What was looked at and found in order; empty where nothing was looked at, and `missing` then says so. */
  holds: string;
  /** What could not be looked at, weightiest first. */
  missing: string[];
}

type AreaJudge = (findings: readonly Finding[], context: VerdictContext) => AreaVerdict;

const judges: Record<Area, AreaJudge> = {
  workload, drift, coupling, privacy, guardrail, correctness: boundary('correctness'), movement: boundary('movement'), ownership: boundary('ownership'),
};
/** Of these a report always speaks; of the others where there is something to judge. */
const ALWAYS: ReadonlySet<Area> = new Set(['workload', 'drift', 'coupling', 'privacy', 'guardrail']);

/**
 * One sentence for each area that there is something to say of, in a fixed order. An area is violated by errors and warnings; notes alone do not break it.
 * It holds only if everything it needs was looked at; otherwise it is undetermined, and the sentence says what was
 * missing. Pure. `findings` are without duplicates and worst first.
 */
export function verdicts(findings: readonly Finding[], context: VerdictContext): Verdict[] {
  const present = AREAS.filter((area) => ALWAYS.has(area) || findings.some((finding) => finding.area === area) || context.subjects.some((subject) => areaOf(subject) === area));
  return present.map((area) => {
    const own = findings.filter((finding) => finding.area === area);
    const counted = (level: Finding['level']) => own.filter((finding) => finding.level === level).length;
    const [errors, warnings, notes] = [counted('error'), counted('warning'), counted('note')];
    const breaking = own.filter((finding) => finding.level !== 'note');
    const { violated, holds, missing } = judges[area](breaking, context);
    const unseen = ALWAYS.has(area) ? [...gapsOf(area, context), ...missing] : missing;
    const outcome: Outcome = breaking.length > 0 ? 'violated' : unseen.length > 0 ? 'undetermined' : 'holds';
    const sentence = {
      violated: violated || other(breaking),
      undetermined: holds === '' ? listed(unseen) : `${holds}, but ${listed(unseen)}`,
      holds,
    }[outcome];
    return { area, outcome, sentence, errors, warnings, notes };
  });
}

/** A finding that no sentence is made for, such as one of a rule of the user's own. */
function other([worst, ...more]: readonly Finding[]): string {
  if (worst === undefined) return '';
  return more.length === 0 ? worst.message : `${worst.message}; and ${more.length} more`;
}

function gapsOf(area: Area, context: VerdictContext): string[] {
  return context.gaps
    .filter((gap) => gap.areas === undefined || gap.areas.includes(area))
    .sort((a, b) => Number(b.severity === 'blind') - Number(a.severity === 'blind'))
    .map((gap) => `${gap.missing} of ${gap.subject} could not be looked at`);
}

function listed(parts: readonly string[]): string {
  const [first = '', second, ...rest] = [...new Set(parts)];
  if (second === undefined) return first;
  return rest.length === 0 ? `${first}, and ${second}` : `${first}, and ${rest.length + 1} more things are missing`;
}
