import { type ClassifiedConsumer, CORRECTNESS_LEVELS } from '../model/classified-consumer.js';
import type { Consequence } from '../model/review.js';
import { like } from '../text/glob.js';
import type { Asking } from './checklist/index.js';
import { isStale } from './answers.js';

const DECIDES_NOW: ReadonlySet<string> = new Set(['operational-command', 'near-real-time-monitoring', 'regulatory-report']);

/** Consumers of which it must be known what happens if their data is wrong or stale: official ones, and those by which something is decided now. */
export function needsConsequence({ decision, level }: ClassifiedConsumer): boolean {
  return (decision !== null && DECIDES_NOW.has(decision.value)) || (level !== null && CORRECTNESS_LEVELS.indexOf(level.value) >= CORRECTNESS_LEVELS.indexOf('financial-regulatory'));
}

export function consequencesOf(consumers: readonly ClassifiedConsumer[], { answers, today, stale_after_seconds }: Asking): Consequence[] {
  return consumers.flatMap((consumer): Consequence[] => {
    const said = answers.consumers.find(({ match }) => like(consumer.name, match));
    if (said === undefined) return needsConsequence(consumer) ? [{ consumer: consumer.name, ifWrong: null, ifStale: null, answeredBy: null, isStale: false }] : [];
    return [{ consumer: consumer.name, ifWrong: said.ifWrong, ifStale: said.ifStale, answeredBy: { name: said.by, on: said.on }, isStale: isStale(said.on, today, stale_after_seconds) }];
  });
}
