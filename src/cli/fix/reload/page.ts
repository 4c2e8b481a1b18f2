import { paragraph, type Page } from '../../../report/layout/page.js';
import { plainText } from '../../../text/plain-text.js';
import { count } from '../../../text/quantity.js';
import { sqlOnPage } from '../../sql-lines.js';
import type { ReloadAnswer, ReloadedPair } from './answer.js';
import type { ReloadScript } from './sql.js';

const SCOPES: Record<ReloadScript['scope'], (script: ReloadScript) => string> = {
  keys: ({ keys }) => `${count(keys, 'key')} to load anew or to remove`,
  periods: ({ keys }) => `the periods in which ${count(keys, 'key')} differ`,
  all: ({ keys }) => `${count(keys, 'key')} differ, more than a statement names: the whole relation`,
};

/** The statements for people to read and run; all else is a comment of SQL. Pure. */
export function reloadPage(page: Page, { pairs }: ReloadAnswer, { quiet }: { quiet: boolean }): string[] {
  const wanted = pairs.filter(({ state }) => state !== 'equal');
  const equal = pairs.length - wanted.length;
  const head = quiet ? [] : comment(page, headline(pairs, equal), page.strong);
  return [head, ...wanted.map((pair) => pairLines(page, pair))].filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function headline(pairs: readonly ReloadedPair[], equal: number): string {
  if (equal === pairs.length) return pairs.length === 1 ? 'The pair is equal: there is nothing to reload.' : `All ${pairs.length} pairs are equal: there is nothing to reload.`;
  const scripts = pairs.filter(({ reload }) => reload !== null).length;
  return `Nothing has been run. ${scripts === 0 ? 'There is no statement to print' : `Statements for ${scripts} of ${count(pairs.length, 'pair')}`}${equal === 0 ? '' : `; ${equal} ${equal === 1 ? 'is' : 'are'} equal`}.`;
}

function pairLines(page: Page, { name, reload, because }: ReloadedPair): string[] {
  const title = `${plainText(name, 80)}: ${reload === null ? 'no statement' : SCOPES[reload.scope](reload)}`;
  if (reload === null) return [...comment(page, title, page.strong), ...(because === null ? [] : comment(page, because))];
  const { source, target, notes } = reload;
  const steps = [
    ...(source.statements.length === 0 ? [] : [{ says: `on ${source.store} (${source.engine}): take the rows out`, statements: source.statements }]),
    { says: `on ${target.store} (${target.engine}): put them in`, statements: target.statements },
  ];
  const shown = steps.flatMap(({ statements }) => statements).map(sqlOnPage);
  // With a sign less it would name another row.
  if (shown.some(({ whole }) => !whole)) return [...comment(page, title, page.strong), ...comment(page, 'names or keys in its statements hold signs that a terminal must not get, and without them they would mean other rows: --format json --show-keys has them whole')];
  return [
    ...comment(page, title, page.strong),
    ...notes.flatMap((note) => comment(page, note)),
    ...steps.flatMap(({ says, statements }, index) => ['', ...comment(page, `${index + 1}. ${says}`, page.faint), ...statements.flatMap((sql) => sqlOnPage(sql).lines)]),
  ];
}

function comment(page: Page, text: string, paint: (line: string) => string = (line) => line): string[] {
  return paragraph(page, text, { first: '   ', columns: 3 }).map((line) => paint(`-- ${line.slice(3)}`));
}
