import { createPage, paragraph } from '../report/layout/page.js';
import { pad } from '../report/layout/wrap.js';
import type { Output } from './output.js';

/** Rows of a name and what is said of it, the second column wrapped to the width of the output. */
export function twoColumns(output: Output, rows: readonly { name: string; text: string }[], indent = ''): string[] {
  const page = createPage(output.columns(), output.colors());
  const width = Math.max(0, ...rows.map(({ name }) => name.length)) + 2;
  return rows.flatMap(({ name, text }) =>
    paragraph(page, text, { first: indent + page.strong(pad(name, width)), columns: indent.length + width }),
  );
}
