import { type Area, AREAS } from '../model/finding.js';
import type { Outcome, Report } from '../model/report.js';
import type { AreaChange, Direction, FindingChange } from './comparison.js';

/** What became of each area, in the order of reports; areas of which neither side says anything are left out. */
export function changedAreas(before: Pick<Report, 'verdicts'>, after: Pick<Report, 'verdicts'>, changes: readonly FindingChange[]): AreaChange[] {
  return AREAS.flatMap((area): AreaChange[] => {
    const [first, second] = [verdictOf(before, area), verdictOf(after, area)];
    const own = changes.filter(({ finding }) => finding.area === area);
    if (first === null && second === null && own.length === 0) return [];
    const number = (kind: FindingChange['change']): number => own.filter(({ change }) => change === kind).length;
    return [{ area, direction: directionOfArea(first?.outcome ?? null, second?.outcome ?? null, own), before: first, after: second, fixed: number('fixed'), new: number('new') }];
  });
}

function verdictOf({ verdicts }: Pick<Report, 'verdicts'>, area: Area): AreaChange['before'] {
  const found = verdicts.find((verdict) => verdict.area === area);
  if (found === undefined) return null;
  const { outcome, sentence, errors, warnings, notes } = found;
  return { outcome, sentence, errors, warnings, notes };
}

function directionOfArea(before: Outcome | null, after: Outcome | null, changes: readonly FindingChange[]): Direction {
  const byFindings = directionOf(changes);
  if (byFindings === 'worse' || byFindings === 'mixed') return byFindings;
  if (after === 'undetermined' && before !== 'undetermined') return 'unknown';
  // Nothing was found where before nothing could be told.
  if (byFindings === 'same' && before === 'undetermined' && after === 'holds') return 'better';
  return byFindings;
}

/** What findings alone say: those that cannot be compared say nothing for the better. */
export function directionOf(changes: readonly FindingChange[]): Direction {
  const has = (...kinds: FindingChange['change'][]): boolean => changes.some(({ change }) => kinds.includes(change));
  const [worse, better] = [has('new', 'risen'), has('fixed', 'fallen')];
  if (worse) return better ? 'mixed' : 'worse';
  if (has('unseen')) return 'unknown';
  return better ? 'better' : 'same';
}
