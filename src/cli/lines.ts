import { paragraph, type Page } from '../report/layout/page.js';

/** What stands above a list. */
export function heading(page: Page, text: string): string[] {
  return paragraph(page, text, { first: '', columns: 0, paint: page.strong });
}

/** What is said of a list below it. */
export function remark(page: Page, text: string, indent_columns = 2): string[] {
  return paragraph(page, text, { first: ' '.repeat(indent_columns), columns: indent_columns, paint: page.faint });
}

/** When it was looked, and at which stores: what every answer begins with. */
export function headLines(page: Page, { takenAt, stores }: { takenAt: string; stores: readonly { name: string; role: string; engine: string }[] }): string[] {
  const named = stores.map(({ name, engine, role }) => `${name} (${role}, ${engine})`);
  const text = [takenAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC'), ...(named.length === 0 ? ['no store'] : named)].join(' · ');
  return paragraph(page, text, { first: `${page.strong('tidemark')}  `, columns: 10, paint: page.faint });
}

/** The lines of a row whose first cell is a mark, with the mark in its colour. */
export function painted([first = '', ...rest]: readonly string[], mark: { text: string; paint: (text: string) => string } | undefined): string[] {
  const start = mark === undefined ? -1 : first.indexOf(mark.text);
  if (mark === undefined || start === -1) return [first, ...rest];
  return [first.slice(0, start) + mark.paint(mark.text) + first.slice(start + mark.text.length), ...rest];
}
