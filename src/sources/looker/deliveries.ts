import type { Delivery } from '../../model/query.js';
import type { z } from 'zod';
import { titleOf } from '../common/words.js';
import type { planShape } from './shapes.js';

/** How a scheduled plan sends what a Look or a dashboard shows: to addresses, into a bucket or folder, or to a service. */
export function deliveriesOf({ scheduled_plan_destination: destinations }: z.infer<typeof planShape>, schedule: string): Delivery[] {
  return (destinations ?? []).slice(0, DESTINATIONS_MAX).map(({ format, type }) => ({ kind: KINDS.get(type ?? '') ?? 'message', format: titleOf(format), schedule }));
}

const DESTINATIONS_MAX = 20;
const KINDS: ReadonlyMap<string, Delivery['kind']> = new Map([['email', 'mail'], ['s3', 'file'], ['sftp', 'file']]);
