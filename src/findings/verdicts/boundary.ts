import type { SubjectId } from '../../facts/subjects.js';
import type { Area, Finding } from '../../model/finding.js';
import { count } from '../../text/quantity.js';
import type { AreaVerdict, VerdictContext } from '../verdict.js';
import { distinct, unknownFacts } from './support.js';

type ReviewedArea = 'correctness' | 'movement' | 'ownership';

/** What the areas of a review judge, and how their things are called. */
const JUDGED: Record<ReviewedArea, Partial<Record<SubjectId, [one: string, many: string]>>> = {
  correctness: {
    classified: ['consumer', 'consumers'], design: ['table', 'tables'], official: ['official report', 'official reports'],
    restatement: ['restatement', 'restatements'], history: ['metric with closed periods', 'metrics with closed periods'],
    correction: ['table whose rows are corrected', 'tables whose rows are corrected'],
  },
  movement: { flow: ['flow', 'flows'], pipeline: ['pipeline', 'pipelines'], product: ['data product', 'data products'] },
  ownership: { asset: ['asset', 'assets'] },
};

/** The area of a review to which a thing belongs; null for what the detections judge. */
export function areaOf({ subject }: { subject: SubjectId }): Area | null {
  const found = Object.entries(JUDGED).find(([, kinds]) => subject in kinds);
  return found === undefined ? null : (found[0] as ReviewedArea);
}

/** The verdict on an area of a review: how many things break how many rules, the worst in words. */
export function boundary(area: ReviewedArea): (findings: readonly Finding[], context: VerdictContext) => AreaVerdict {
  return (findings, context) => {
    const [worst] = findings;
    const rules = distinct(findings.map(({ ruleId }) => ruleId)).length;
    const more = findings.length - 1;
    const rest = more === 0 ? '' : `; ${count(more, 'more finding')} of ${count(rules, 'rule')}`;
    return {
      violated: worst === undefined ? '' : `${worst.message}${rest}`,
      holds: looked(area, context),
      missing: unknownFacts(area, 'thing', context),
    };
  };
}

function looked(area: ReviewedArea, { subjects }: VerdictContext): string {
  const kinds = Object.entries(JUDGED[area]).flatMap(([kind, [one, many]]) => {
    const number = subjects.filter(({ subject }) => subject === kind).length;
    return number === 0 ? [] : [count(number, one, many)];
  });
  const [first, ...others] = kinds;
  return first === undefined ? '' : `nothing wrong was found with ${[first, ...others].join(', ').replace(/, ([^,]+)$/, ' and $1')}`;
}
