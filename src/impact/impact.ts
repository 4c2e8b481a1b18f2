import type { Impact, ImpactEffect } from '../model/impact-report.js';
import type { Reader } from './readers.js';
import type { PlacedChange } from './situation.js';

/** An impact on a reader. */
export function ofReader({ thing, calls }: Reader, effect: ImpactEffect, { place }: Pick<PlacedChange, 'place'>, more: Pick<Impact, 'through' | 'sentence' | 'remedy' | 'confidence'>): Impact {
  return { effect, thing, changes: [place], calls, ...more };
}
