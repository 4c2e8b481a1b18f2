import type { Subject } from '../../facts/subjects.js';
import type { Finding } from '../../model/finding.js';
import { count } from '../../text/quantity.js';
import type { AreaVerdict, VerdictContext } from '../verdict.js';
import { distinct, name, ofKind, subjectsOf, text, truth, unknownFacts } from './support.js';

/** The column of personal data that is worst used, how, and by how many; then how many other columns are concerned. */
export function privacy(findings: readonly Finding[], context: VerdictContext): AreaVerdict {
  const exposures = ofKind(context.subjects, 'exposure');
  const columns = distinct([
    ...exposures.map((exposure) => text(exposure, 'exposure', 'column')),
    ...ofKind(context.subjects, 'column').map((column) => text(column, 'column', 'name')),
  ]);
  const { queries, statements } = context.coverage;
  return {
    violated: violated(findings, context),
    holds: `no unprotected use was found of ${count(columns.length, 'column')} that ${columns.length === 1 ? 'holds' : 'hold'} personal data`,
    missing: [
      ...(context.coverage.relations === 0 ? ['no catalogue was read'] : []),
      ...(queries.total + statements.total === 0 ? ['no query and no statement was given'] : []),
      ...(queries.unparsed > 0 ? [`${count(queries.unparsed, 'dashboard query', 'dashboard queries')} could not be read`] : []),
      ...(statements.unparsed > 0 ? [`${count(statements.unparsed, 'statement')} could not be read`] : []),
      ...unknownFacts('privacy', 'use', context),
    ],
  };
}

function violated(findings: readonly Finding[], context: VerdictContext): string {
  const [worst] = findings;
  const subject = worst === undefined ? undefined : mostRevealing(subjectsOf([worst], context.subjects));
  if (worst === undefined || subject === undefined) return '';
  // A raw address and its hash on two cards are one rule and two kinds of showing.
  const sameUse = (finding: Finding): boolean => subjectsOf([finding], context.subjects).some((other) => usage(other) === usage(subject));
  const sameRule = findings.filter((finding) => finding.ruleId === worst.ruleId && finding.relation === worst.relation && sameUse(finding));
  const columns = distinct(findings.map((finding) => finding.relation).filter((column) => column !== worst.relation && column !== ''));
  const rest = columns.length === 0 ? '' : `; ${count(columns.length, 'more column or relation is', 'more columns or relations are')} concerned`;
  const what = phrase(subject, sameRule);
  return what === '' ? '' : what + rest;
}

/** A query may show a column and filter by it as well; what it shows is what the worst finding is about. */
function mostRevealing(subjects: readonly Subject[]): Subject | undefined {
  const order = ['shown', 'grouping', 'condition'];
  return subjects
    .filter(({ subject }) => subject === 'exposure' || subject === 'column')
    .sort((a, b) => order.indexOf(text(a, 'exposure', 'use')) - order.indexOf(text(b, 'exposure', 'use')))[0];
}

function phrase(subject: Subject, findings: readonly Finding[]): string {
  if (subject.subject === 'column') {
    const [column, kind, zone] = ['name', 'kind', 'zone'].map((field) => name(text(subject, 'column', field)));
    return `${column} keeps personal data (${kind}) in the ${zone} zone`;
  }
  const column = name(text(subject, 'exposure', 'column'));
  return `${column} is ${usage(subject)} by ${consumers(subject, findings)}`;
}

function usage(subject: Subject): string {
  const mask = text(subject, 'exposure', 'mask');
  if (truth(subject, 'statement', 'exports')) return mask === 'raw' ? 'exported raw' : 'exported';
  const use = text(subject, 'exposure', 'use');
  if (use === 'grouping') return 'grouped by';
  if (use === 'condition') return 'used as a condition';
  const how = { raw: ' raw', reversible: ' reversibly', 'pseudonymous-weak': ' weakly pseudonymised' }[mask] ?? '';
  return truth(subject, 'consumer', 'public') ? `shown${how} in public` : `shown${how}`;
}

function consumers(subject: Subject, findings: readonly Finding[]): string {
  const names = distinct(findings.map((finding) => finding.consumer));
  if (names.length === 1) return name(names[0] ?? '');
  return text(subject, 'consumer', 'kind') === 'card' ? count(names.length, 'card') : count(names.length, 'consumer');
}
