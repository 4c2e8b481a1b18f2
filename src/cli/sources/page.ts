import { consumerName } from '../../graph/consumer-name.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { pad, widthOf } from '../../report/layout/wrap.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { ListedQuery, Listing } from './listing.js';

/** Longer lists are cut, and say how much is missing; ndjson has everything. */
const ROWS_MAX = 20;
const CONNECTION_LENGTH_MAX = 48;

/** What was found, for a person: a table by tool, the connections, problems, and what could not be read. */
export function listingPage(page: Page, listing: Listing): string[] {
  const files = listing.sources.reduce((sum, source) => sum + source.files, 0);
  const ignored = listing.sources.reduce((sum, source) => sum + source.ignored, 0);
  const tools = new Set(listing.queries.map(({ query }) => query.kind)).size;
  const head = `${count(listing.queries.length, 'query', 'queries')} of ${count(tools, 'tool')} in ${count(files, 'file')}${ignored > 0 ? `; ${count(ignored, 'file')} no tool knows` : ''}`;
  return [
    ...paragraph(page, head, { first: '', columns: 0 }),
    ...section(page, 'By tool', toolTable(page, listing.queries)),
    ...section(page, 'Connections', connectionLines(page, listing.queries)),
    ...section(page, 'Queries with problems', problemLines(page, listing.queries)),
    ...section(page, 'Not read', gapLines(page, listing)),
  ];
}

function section(page: Page, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', page.strong(title), ...lines];
}

const COLUMNS = ['queries', 'parsed', 'owner', 'connection', 'problems'] as const;

function toolTable(page: Page, queries: readonly ListedQuery[]): string[] {
  if (queries.length === 0) return [];
  const kinds = [...new Set(queries.map(({ query }) => query.kind))].toSorted();
  const rows = kinds.map((kind) => toolRow(kind, queries.filter(({ query }) => query.kind === kind)));
  if (kinds.length > 1) rows.push(toolRow('all', queries));
  const width = Math.max(4, ...rows.map(([name]) => widthOf(name)));
  const line = (cells: readonly string[], name: string): string => `  ${pad(name, width)}${cells.map((cell) => cell.padStart(12)).join('')}`;
  return [page.faint(line(COLUMNS, 'tool')), ...rows.map(([name, ...cells]) => line(cells, name))];
}

function toolRow(name: string, queries: readonly ListedQuery[]): [string, ...string[]] {
  const texts = queries.filter(({ reading }) => reading !== 'none');
  const share = (part: number, whole: number): string => (whole === 0 ? '–' : (formatQuantity(part / whole, 'share') ?? '–'));
  const problems = queries.filter(({ query }) => query.problems.length > 0).length;
  return [
    plainText(name, 40),
    formatQuantity(queries.length, 'count') ?? '',
    share(texts.filter(({ reading }) => reading === 'parsed').length, texts.length),
    share(queries.filter(({ query }) => query.owners.length > 0).length, queries.length),
    share(queries.filter(({ query }) => query.connection !== null).length, queries.length),
    formatQuantity(problems, 'count') ?? '',
  ];
}

function connectionLines(page: Page, queries: readonly ListedQuery[]): string[] {
  const groups = new Map<string, { label: string; leads: string; queries: number }>();
  for (const { query, store } of queries) {
    const { connection } = query;
    const named = connection === null ? 'no connection named' : (connection.name ?? connection.id ?? connection.engine ?? 'without a name');
    const place = [connection?.engine, [connection?.host, connection?.database].filter(Boolean).join('/')].filter(Boolean).join(', ');
    const label = `${query.kind}: ${named}${place === '' ? '' : ` (${place})`}`;
    const leads = store === null ? '' : ` → store ${store.name}${store.guess === null ? '' : ', a guess'}`;
    const known = groups.get(label + leads) ?? { label, leads, queries: 0 };
    known.queries++;
    groups.set(label + leads, known);
  }
  const sorted = [...groups.values()].toSorted((one, other) => other.queries - one.queries || (one.label < other.label ? -1 : 1));
  const shown = sorted.slice(0, ROWS_MAX).flatMap(({ label, leads, queries: number }) =>
    paragraph(page, `${plainText(label, CONNECTION_LENGTH_MAX * 2)}${leads}`, { first: `  ${String(number).padStart(6)}  `, columns: 10 }),
  );
  return [...shown, ...more(page, sorted.length)];
}

function problemLines(page: Page, queries: readonly ListedQuery[]): string[] {
  const told = queries.filter(({ query }) => query.problems.length > 0);
  const lines = told.slice(0, ROWS_MAX).flatMap(({ query }) => {
    const { file, line, column } = query.origin;
    return [
      ...paragraph(page, consumerName(query), { first: '  ', columns: 2 }),
      ...paragraph(page, query.problems.map(({ message }) => message).join('; '), { first: '    ', columns: 4 }),
      ...paragraph(page, `${file}:${line}:${column}`, { first: '    ', columns: 4, paint: page.faint }),
    ];
  });
  return [...lines, ...more(page, told.length)];
}

function gapLines(page: Page, { gaps }: Listing): string[] {
  const lines = gaps.slice(0, ROWS_MAX).flatMap(({ subject, cause, remedy }) => [
    ...paragraph(page, `${subject}: ${cause}`, { first: '  ', columns: 2 }),
    ...(remedy === null ? [] : paragraph(page, remedy, { first: '    → ', columns: 6 })),
  ]);
  return [...lines, ...more(page, gaps.length)];
}

function more(page: Page, number: number): string[] {
  return number > ROWS_MAX ? [page.faint(`  and ${number - ROWS_MAX} more; --format ndjson has all`)] : [];
}

