import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { FactsOf, GroupSchema } from './schema.js';

/** How a consumer was classified, and whether its controls match that. */
export const schema = {
  name: { type: 'string', doc: 'how reviews name it: "metabase dashboard Board pack", "reports/month_end.sql", "role analyst_export"' },
  kind: { type: 'string', doc: 'dashboard, card, report, code or role' },
  type: { type: 'string', doc: 'the decision that is made by it, one of eight; empty where nothing tells' },
  confirmed: { type: 'bool', doc: 'the configuration says which decision it is' },
  confidence: { type: 'number', doc: 'how sure the decision type is, 0 to 1' },
  reasons: { type: 'list', doc: 'why, weightiest first' },
  domain: { type: 'string', doc: 'operational, analytical, observational or experimental truth; empty where nothing tells' },
  level: { type: 'string', doc: 'how correct it has to be, one of five; empty where nothing tells' },
  level_confirmed: { type: 'bool', doc: 'the configuration says so' },
  level_confidence: { type: 'number', doc: 'how sure the level is, 0 to 1' },
  actual_level: { type: 'string', doc: 'the highest level of which it has every control; empty for none' },
  fit: { type: 'string', doc: 'fits, under, over or undetermined' },
  fit_reason: { type: 'string', doc: 'why, in one sentence' },
  lacking: { type: 'list', doc: 'controls that its level needs and that it does not have, with what was looked for' },
  unknown_controls: { type: 'list', doc: 'controls that its level needs and that could not be looked at' },
  spare: { type: 'list', doc: 'controls that it has beyond its level' },
  current: { type: 'string', doc: 'how it is served today' },
  target: { type: 'string', doc: 'how it should be served; empty where it should stay' },
  target_reason: { type: 'string', doc: 'why' },
  frees_block_share: { type: 'number', unit: 'share', doc: 'part of the blocks of operational stores that its analytical statements touch' },
  frees_calls: { type: 'number', doc: 'calls of them' },
  reads: { type: 'list', doc: 'the relations that it names' },
  stores: { type: 'list', doc: 'the stores that it reads' },
  members: { type: 'number', doc: 'how many cards or statements it consists of' },
  seen: { type: 'bool', doc: 'some of it was found in the statistics' },
} as const satisfies GroupSchema;

export type DecisionFacts = FactsOf<typeof schema>;

export function extract(consumer: ClassifiedConsumer): DecisionFacts {
  const { decision, domain, level, controls, reads, target, frees } = consumer;
  const words = (states: typeof controls): string[] => states.map(({ control, evidence }) => `${control.replaceAll('-', ' ')}: ${evidence}`);
  const required = controls.filter((control) => control.required);
  return {
    name: consumer.name, kind: consumer.kind, type: (decision?.value ?? '').replaceAll('-', ' '), confirmed: decision?.via === 'configured', confidence: decision?.confidence ?? Number.NaN, reasons: decision?.reasons ?? [],
    domain: domain?.value ?? '', level: (level?.value ?? '').replaceAll('-', ' '), level_confirmed: level?.via === 'configured', level_confidence: level?.confidence ?? Number.NaN,
    actual_level: (consumer.actualLevel ?? '').replaceAll('-', ' '), fit: consumer.fit, fit_reason: consumer.fitReason,
    lacking: words(required.filter(({ state }) => state === 'absent')), unknown_controls: words(required.filter(({ state }) => state === 'unknown')), spare: words(controls.filter(({ required: needed, state }) => !needed && state === 'present')),
    current: (consumer.current ?? '').replaceAll('-', ' '), target: (target?.pattern ?? '').replaceAll('-', ' '), target_reason: target?.reason ?? '',
    frees_block_share: frees?.blockShare ?? Number.NaN, frees_calls: frees?.calls ?? Number.NaN,
    reads: [...new Set(reads.flatMap(({ relations }) => relations))], stores: reads.map(({ store }) => store), members: consumer.members.length, seen: consumer.seen,
  };
}
