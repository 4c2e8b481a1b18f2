import type { Block } from './block.js';
import { hasWindow } from './expression.js';

/** Rows of relations under a filter, one output row each: it can be read in place of the sub-select that it is. */
export function isPlainBlock(block: Block): boolean {
  return block.group === null && !block.distinct && block.distinctOn === null && block.limit === null && !block.outputs.some(hasWindow);
}
