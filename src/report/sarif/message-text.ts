import { oneLine } from '../parts/words.js';

/** Text of a SARIF message, in which `[text](target)` would be a link (3.11.6): none can form. Never empty, as viewers want something to show. */
export function messageText(text: string): string {
  const line = oneLine(text).replaceAll('](', '] (');
  return line === '' ? '-' : line;
}
