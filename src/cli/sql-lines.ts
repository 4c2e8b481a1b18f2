import { plainText } from '../text/plain-text.js';

/** A row of hundreds of columns is one line. */
const LINE_MAX = 1_000_000;

/** A statement on a page that it can be copied from: its own lines, not wrapped. */
export interface SqlOnPage {
  lines: string[];
  /** False where names or keys in it hold what no terminal may get: then it is another statement than the one that was meant. */
  whole: boolean;
}

export function sqlOnPage(sql: string): SqlOnPage {
  const given = `${sql};`.split('\n');
  const lines = given.map((line) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    return indent + plainText(line.slice(indent.length), LINE_MAX);
  });
  return { lines, whole: lines.every((line, index) => line === given[index]) };
}
