import type { DeployPhase, Impact, ImpactReport } from '../model/impact-report.js';
import { count } from '../text/quantity.js';
import { LIKELY } from './likely.js';
import type { ImpactInput } from './input.js';
import type { PlacedChange, Situation } from './situation.js';
import { isNobodyKnown, takesAway, type Unread } from './unread.js';

type Phased = ImpactReport['changes'][number];

/** Statistics that are younger have not seen a report of the month. */
const DAYS_TRUSTED = 35;

/** When each change may be deployed, who has to move first, and on which evidence. */
export function phased(situation: Situation, impacts: readonly Impact[], unread: Unread): Phased[] {
  const placed = new Map(situation.changes.map((change) => [change.place, change]));
  return situation.input.changes.map((change, place): Phased => {
    const own = impacts.filter(({ changes, confidence }) => changes.includes(place) && confidence >= LIKELY);
    const { phase, because } = phaseOf(placed.get(place) ?? null, own, unread.byChange.get(place) ?? 0, situation);
    const waitsFor = phase === 'now' ? [] : [...new Set(own.filter(({ effect }) => phase !== 'after-consumers' || effect === 'breaks').map(({ thing }) => thing.name))].sort();
    return { ...change, phase, waitsFor, because };
  });
}

function phaseOf(placed: PlacedChange | null, own: readonly Impact[], hidden: number, situation: Situation): { phase: DeployPhase; because: string } {
  if (placed === null) return { phase: 'now', because: 'no answer depends on it' };
  const breaking = own.filter(({ effect }) => effect === 'breaks');
  if (breaking.length > 0) return { phase: 'after-consumers', because: `${count(breaking.length, 'consumer')} would fail` };
  if (own.length > 0) return { phase: 'with-consumers', because: `${count(own.length, 'consumer')} would answer something else, or show more than before` };
  if (hidden > 0) return { phase: 'unknown', because: `${count(hidden, 'consumer')} that may read it could not be followed` };
  if (placed.original.relation === null) return { phase: 'now', because: 'it is made by these migrations: nobody reads it yet' };
  if (takesAway(placed) && isNobodyKnown(situation)) return { phase: 'unknown', because: 'nobody is known who reads the store, so that nobody could be looked at' };
  if (!takesAway(placed)) return { phase: 'now', because: 'nothing that reads notices it' };
  return { phase: 'now', because: `nobody that was looked at notices it: ${evidenceOf(situation)}` };
}

/** What "nobody" rests on. */
function evidenceOf({ looked, input }: Situation): string {
  const age = daysCounted(input);
  const statistics = age === null ? 'no statistics were there to tell who else does' : `statistics count for ${count(Math.floor(age), 'day')}${age < DAYS_TRUSTED ? ', so that a report of the month may not be among them' : ''}`;
  return `${count(looked.consumers, 'consumer')} and ${count(looked.views, 'view')}; ${statistics}`;
}

/** Since when the store counts statements, in days; null where it does not tell. */
export function daysCounted({ boundary, takenAt }: ImpactInput): number | null {
  const since = boundary.store.statementWindow?.since;
  if (since == null) return null;
  const days = (Date.parse(takenAt) - Date.parse(since)) / 86_400_000;
  return Number.isFinite(days) && days >= 0 ? days : null;
}
