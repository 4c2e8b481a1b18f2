import type { Finding } from '../../model/finding.js';
import { count } from '../../text/quantity.js';
import type { AreaVerdict, VerdictContext } from '../verdict.js';
import { name, number, ofKind, subjectsOf, text, unknownFacts } from './support.js';

const contradicting = ['different', 'stricter', 'overlapping'];

/** The metric with the most definitions, and how many others contradict themselves. */
export function drift(findings: readonly Finding[], context: VerdictContext): AreaVerdict {
  const metrics = ofKind(context.subjects, 'metric');
  const differing = subjectsOf(findings, metrics)
    .filter((metric) => contradicting.includes(text(metric, 'metric', 'verdict')))
    .sort(
      (a, b) =>
        number(b, 'metric', 'definitions') - number(a, 'metric', 'definitions') ||
        number(b, 'metric', 'consumers') - number(a, 'metric', 'consumers') ||
        (a.relation < b.relation ? -1 : 1),
    );
  const [worst, ...others] = differing;
  const also = count(others.length, 'more metric contradicts itself', 'more metrics contradict themselves');
  const more = others.length === 0 ? '' : `; ${also}`;
  return {
    violated:
      worst === undefined
        ? ''
        : `${name(text(worst, 'metric', 'name'))} has ${count(number(worst, 'metric', 'definitions'), 'definition')} ` +
          `among ${count(number(worst, 'metric', 'consumers'), 'consumer')}${more}`,
    holds: metrics.length === 0 ? '' : `no contradiction was found among the definitions of ${count(metrics.length, 'metric')}`,
    missing: missing(metrics.length, context),
  };
}

function missing(metrics: number, context: VerdictContext): string[] {
  const { subjects, coverage } = context;
  const undecided = ofKind(subjects, 'metric').filter((metric) => text(metric, 'metric', 'verdict') === 'undecided').length;
  const unread = coverage.queries.unparsed;
  return [
    ...(metrics === 0 ? [noMetric(coverage.queries.total)] : []),
    ...(undecided > 0 ? [`${count(undecided, 'metric')} could not be decided`] : []),
    ...(unread > 0 ? [`${count(unread, 'dashboard query', 'dashboard queries')} could not be read`] : []),
    ...unknownFacts('drift', 'metric', context),
  ];
}

/** Definitions that nobody recognised are not definitions that agree. */
function noMetric(queries: number): string {
  return queries === 0 ? 'no dashboard query was given' : `no metric was recognised in ${count(queries, 'dashboard query', 'dashboard queries')}`;
}
