import type { CollectedQuery, Delivery, QueryVariant, Segment } from '../model/query.js';
import type { Pseudonyms } from './pseudonym.js';
import { redactAsserted, redactDeclaration } from './redact-metric.js';
import { redactProse, replacementsInSql } from './redact-text.js';

/** Code units that change, by position. */
type Changes = Map<number, string>;

/**
 * A dashboard's query with stand-ins for personal data and secrets in its literals and comments; all other literals are the
 * definition of what is shown and stay. Texts keep their length, and what a segment copies is the same letter by letter in
 * both texts afterwards: what changes in a variant changes in `raw` and in every other variant.
 */
export function redactQuery(query: CollectedQuery, pseudonyms: Pseudonyms): CollectedQuery {
  const segments = query.variants.map((variant) => segmentsOf(variant, query.raw));
  const own = query.variants.map((variant) => changesOf(variant.sql, pseudonyms));
  const shared: Changes = new Map();
  own.forEach((changes, index) => {
    for (const segment of segments[index] ?? []) {
      for (let at = 0; at < segment.length; at++) {
        const unit = changes.get(segment.out + at);
        // The first variant is the one with stored defaults; a later one that reads a position differently follows it.
        if (unit !== undefined && !shared.has(segment.src + at)) shared.set(segment.src + at, unit);
      }
    }
  });
  // A template is no SQL: what a variant copied is judged there, where quotes and comments are what they seem.
  const copied = positionsOf(segments.flat(), query.raw.length);
  for (const [at, unit] of changesOf(query.raw, pseudonyms)) if (copied[at] !== 1) shared.set(at, unit);

  const variants = query.variants.map((variant, index): QueryVariant => {
    const changes = own[index] ?? new Map<number, string>();
    for (const segment of segments[index] ?? []) {
      for (let at = 0; at < segment.length; at++) {
        const unit = shared.get(segment.src + at);
        if (unit !== undefined) changes.set(segment.out + at, unit);
      }
    }
    return {
      ...variant,
      sql: changed(variant.sql, changes),
      assumptions: variant.assumptions.map((assumption) => redactProse(assumption, pseudonyms)),
    };
  });
  return {
    ...query,
    raw: changed(query.raw, shared),
    variants,
    description: query.description === null ? null : redactProse(query.description, pseudonyms),
    problems: query.problems.map((problem) => ({ ...problem, message: redactProse(problem.message, pseudonyms) })),
    ...(query.declaration ? { declaration: redactDeclaration(query.declaration, pseudonyms) } : {}),
    ...(query.deliveries ? { deliveries: query.deliveries.map((delivery) => redactDelivery(delivery, pseudonyms)) } : {}),
    ...(query.asserts ? { asserts: query.asserts.map((asserted) => redactAsserted(asserted, pseudonyms)) } : {}),
  };
}

/** Tools keep to whom a file goes beside when it goes. */
function redactDelivery(delivery: Delivery, pseudonyms: Pseudonyms): Delivery {
  const prose = (text: string | null): string | null => (text === null ? null : redactProse(text, pseudonyms));
  return { ...delivery, format: prose(delivery.format), schedule: prose(delivery.schedule) };
}

function positionsOf(segments: readonly Pick<Segment, 'src' | 'length'>[], length: number): Uint8Array {
  const positions = new Uint8Array(length);
  for (const segment of segments) positions.fill(1, segment.src, segment.src + segment.length);
  return positions;
}

function changesOf(sql: string, pseudonyms: Pseudonyms): Changes {
  const changes: Changes = new Map();
  for (const { start, text } of replacementsInSql(sql, pseudonyms)) {
    for (let at = 0; at < text.length; at++) changes.set(start + at, text.charAt(at));
  }
  return changes;
}

/** Segments that stand in both texts; a text without a map is the same as `raw`, or was rebuilt without it. */
function segmentsOf(variant: QueryVariant, raw: string): Pick<Segment, 'out' | 'src' | 'length'>[] {
  if (variant.map.length > 0) return variant.map.filter((segment) => segment.copy);
  return variant.sql === raw ? [{ out: 0, src: 0, length: raw.length }] : [];
}

function changed(text: string, changes: Changes): string {
  if (changes.size === 0) return text;
  const units = text.split('');
  for (const [at, unit] of changes) if (at < units.length) units[at] = unit;
  return units.join('');
}
