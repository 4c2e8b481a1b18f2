import type { Occurrence } from '../findings/occurrences.js';
import type { Gap } from '../model/snapshot.js';
import { plainText } from '../text/plain-text.js';

/**
 * What is gone, without what stood in texts that can no longer be read: nobody knows whether that was mended.
 *
 * @param gaps that are new
 */
export function withoutUnreadable(gone: readonly Occurrence[], gaps: readonly Gap[]): { gone: Occurrence[]; notes: string[] } {
  const unread = (occurrence: Occurrence): boolean => gaps.some(({ subject }) => speaksOf(subject, occurrence));
  const unknown = new Map<string, number>();
  for (const { consumer } of gone.filter(unread)) unknown.set(consumer, (unknown.get(consumer) ?? 0) + 1);
  return {
    gone: gone.filter((occurrence) => !unread(occurrence)),
    notes: [...unknown].map(([consumer, count]) => `${plainText(consumer, 200)} could be read before: ${count === 1 ? 'a finding' : `${count} findings`} of then ${count === 1 ? 'is' : 'are'} not counted as fixed`),
  };
}

/** Gaps on queries name the consumer, with the place behind it; those on files the file. */
function speaksOf(subject: string, { consumer, location }: Occurrence): boolean {
  if (consumer !== '' && (subject === consumer || subject.startsWith(`${consumer} (`))) return true;
  return location !== null && (subject === location.file || subject.startsWith(`${location.file}:`));
}
