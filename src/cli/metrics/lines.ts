import { paragraph, type Page } from '../../report/layout/page.js';

/** What stands above a list. */
export function heading(page: Page, text: string): string[] {
  return paragraph(page, text, { first: '', columns: 0, paint: page.strong });
}

/** What is said of a list below it. */
export function remark(page: Page, text: string, indent_columns = 2): string[] {
  return paragraph(page, text, { first: ' '.repeat(indent_columns), columns: indent_columns, paint: page.faint });
}
