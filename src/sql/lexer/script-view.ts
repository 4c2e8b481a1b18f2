import { regionAt, regions } from './regions.js';

/**
 * A script as it is to be split into statements, each letter where it was: `{{…}}` cannot open a string, and the ends of batches
 * and statements that only a client knows (`GO`, `DELIMITER`) are semicolons.
 */
export function scriptView(text: string): string {
  return endBatches(withoutDelimiters(withoutTemplates(text)));
}

/** T-SQL scripts end a batch by a line `GO`, which no server sees: it ends a statement as a semicolon does. */
function endBatches(text: string): string {
  if (!/^[ \t]*go[ \t]*(?:\d+[ \t]*)?\r?$/im.test(text)) return text;
  const found = regions(text);
  return text.replace(/^([ \t]*)go([ \t]*(?:\d+[ \t]*)?)(?=\r?$)/gim, (line: string, before: string, _count: string, at: number) =>
    regionAt(found, at + before.length)?.kind === 'code' ? `${before};`.padEnd(line.length) : line,
  );
}

const DELIMITER_LINE = /^[ \t]*delimiter[ \t]+([^\s\w'"(),]{1,8})[ \t]*\r?$/gim;

/** MySQL's client ends a statement as its last line `DELIMITER $$` says: such ends become semicolons, and those within blanks. */
function withoutDelimiters(text: string): string {
  const lines = [...text.matchAll(DELIMITER_LINE)];
  if (lines.length === 0) return text;
  let view = text.slice(0, lines[0]?.index);
  for (const [index, line] of lines.entries()) {
    const start = line.index + line[0].length;
    const part = text.slice(start, lines[index + 1]?.index);
    const sign = line[1] ?? ';';
    view += ' '.repeat(line[0].length) + (sign === ';' ? part : part.split(sign).map((statement) => statement.replaceAll(';', ' ')).join(';'.padEnd(sign.length)));
  }
  return view;
}

/** `{{…}}`, `{%…%}` and `{#…#}` as letters and blanks of the same length. */
export function withoutTemplates(text: string): string {
  return text.replace(/\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}|\{#[^{}]{0,2000}#\}/g, (found) => (found.startsWith('{{') ? 'x' : ' ').repeat(found.length));
}
