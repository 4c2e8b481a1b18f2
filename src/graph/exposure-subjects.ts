import type { FactsOf } from '../facts/schema.js';
import type { schema as exposureSchema } from '../facts/exposure.js';
import type { Subject } from '../facts/subjects.js';
import type { Engine } from '../model/store.js';
import type { Classification } from '../privacy/classify.js';
import { type MaskLevel, rank } from '../sql/flow.js';
import type { Access } from './boundary.js';
import { groupsOfFigures, NAMES_NOBODY_IN_GROUPS } from './groups-of-figures.js';
import { type Facts, type SubjectInput, subject } from './subject.js';

type Exposure = FactsOf<typeof exposureSchema>;

/** Each use that one statement makes of personal data, with what is known of its sender. */
export function exposureSubjects(access: Access, input: SubjectInput, { facts, rest }: { facts: Facts; rest: Omit<Subject, 'subject' | 'facts' | 'relation'> }): Subject[] {
  return exposuresOf(access, input).map((exposure) => subject('exposure', { ...facts, exposure }, { ...rest, relation: exposure.column }));
}

/** Each column of personal data that a statement uses, by its most revealing use. */
function exposuresOf({ part }: Access, input: SubjectInput): Exposure[] {
  const found = new Map<string, { mask: MaskLevel; facts: Exposure }>();
  const figures = groupsOfFigures(part);
  const note = (column: string, use: string, flow: MaskLevel, output: string): void => {
    const classification = input.classified.get(column);
    if (!classification || classification.confidence < input.confidence_min) return;
    const mask = overall(classification, flow);
    const known = found.get(`${use}\n${column}`);
    if (known && rank(mask) >= rank(known.mask)) return;
    const relation = column.slice(0, column.lastIndexOf('.'));
    const zone = input.boundary.zones.get(relation)?.zone ?? 'unknown';
    const { kind, confidence, reasons, mask: stored = 'raw', carriedFrom = [] } = classification;
    const kindClass = figures.has(column) && NAMES_NOBODY_IN_GROUPS.has(kind) ? 'quasi' : classification.class;
    const comes = carriedFrom.map((place) => `${place.store} ${place.relation}.${place.column}`);
    found.set(`${use}\n${column}`, { mask, facts: { column, relation, zone, output, use, mask, stored_mask: stored, comes_from: comes, pseudonym: keyedPseudonym(input.boundary.store.engine, column), kind, class: kindClass, confidence, reasons } });
  };
  for (const { name, flows } of part?.resolution.outputs ?? []) for (const [column, flow] of flows) note(column, 'shown', flow.mask, name);
  for (const { column, kind, mask } of part?.resolution.uses ?? []) if (!found.has(`shown\n${column}`)) note(column, kind, mask, '');
  return [...found.values()].map(({ facts }) => facts);
}

/**
 * HMAC of pgcrypto (PostgreSQL 18) and of Trino 470; SipHash of ClickHouse 23, which takes its key in two halves of 64 bits. The other
 * engines have no function with a key.
 */
function keyedPseudonym(engine: Engine, column: string): string {
  if (engine === 'postgres') return `encode(hmac(${column}, KEY, 'sha256'), 'hex') of pgcrypto`;
  if (engine === 'clickhouse') return `hex(sipHash128Keyed((toUInt64(KEY_1), toUInt64(KEY_2)), ${column}))`;
  if (engine === 'trino') return `to_hex(hmac_sha256(to_utf8(${column}), KEY))`;
  return '';
}

/** What is left of a value that was stored as it is classified and then went a way of its own: as in `afterwards`, the weaker counts. */
export function overall({ mask: stored = 'raw' }: Pick<Classification, 'mask'>, flow: MaskLevel): MaskLevel {
  return rank(flow) > rank(stored) ? flow : stored;
}
