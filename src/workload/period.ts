import { periodOfSchedule } from '../facts/workload/schedule.js';
import type { Access } from '../graph/boundary.js';

/** How often a card is refreshed, and from what that is known: starts that were seen, or what its tool says. Null where neither tells. */
export function periodOf({ rhythm, consumer }: Access): { seconds: number; from: 'starts' | 'schedule' } | null {
  if (rhythm?.period_seconds && rhythm.from === 'starts') return { seconds: rhythm.period_seconds, from: 'starts' };
  const seconds = consumer.schedule === '' ? null : periodOfSchedule(consumer.schedule);
  return seconds === null || seconds <= 0 ? null : { seconds, from: 'schedule' };
}
