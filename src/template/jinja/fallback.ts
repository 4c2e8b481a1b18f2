import { fillHoles, type Hole, type HoleOptions } from '../holes.js';
import type { Neutralised } from '../result.js';
import { scanTemplate } from './scan.js';

/** A template that cannot be rendered: outputs become holes, statements and comments blanks. All branches stay. */
export function holesOnly(text: string, options: HoleOptions): Neutralised {
  const holes = scanTemplate(text).tokens.flatMap(({ kind, start, end, inner }): Hole[] => {
    if (kind === 'text') return [];
    return [{ start, end, name: inner.replace(/\s+/g, ' ').slice(0, 80), ...(kind === 'output' ? {} : { text: '' }) }];
  });
  return fillHoles(text, holes, options);
}
