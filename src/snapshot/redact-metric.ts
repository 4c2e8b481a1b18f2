import type { AssertedConstraint } from '../model/asserted-constraint.js';
import type { MetricDeclaration } from '../model/metric-declaration.js';
import type { Pseudonyms } from './pseudonym.js';
import { redactProse, redactSql } from './redact-text.js';

/** Lists of values are definitions and stay, except those that are personal data or secrets. */
export function redactAsserted(asserted: AssertedConstraint, pseudonyms: Pseudonyms): AssertedConstraint {
  return { ...asserted, expression: asserted.expression === null ? null : redactSql(asserted.expression, pseudonyms), by: redactProse(asserted.by, pseudonyms) };
}

/** Names and owners stay, like those of queries; what people wrote is prose. */
export function redactDeclaration(declaration: MetricDeclaration, pseudonyms: Pseudonyms): MetricDeclaration {
  const prose = (text: string | null): string | null => (text === null ? null : redactProse(text, pseudonyms));
  const { time, intent, deprecated, fillNullsWith, access, changelog, incomplete, grain } = declaration;
  return {
    ...declaration,
    intent: prose(intent),
    deprecated: deprecated === null ? null : { since: prose(deprecated.since), use: prose(deprecated.use) },
    time: time === null ? null : { ...time, column: prose(time.column), latePolicy: prose(time.latePolicy) },
    grain: prose(grain),
    fillNullsWith: prose(fillNullsWith),
    access: prose(access),
    changelog: prose(changelog),
    incomplete: prose(incomplete),
  };
}
