import type { InspectedOutput, InspectedUse, Inspection } from '../../inspect.js';
import { type Page, paragraph } from '../../report/layout/page.js';
import { pad, widthOf } from '../../report/layout/wrap.js';
import { plainText } from '../../text/plain-text.js';
import { count } from '../../text/quantity.js';
import { markedText } from './marked-text.js';

/** Longer lists are cut, and say how much is missing; JSON has everything. */
const ROWS_MAX = 200;

/** What was understood of one text, for a person. */
export function inspectionPage(page: Page, name: string, text: string, inspection: Inspection): string[] {
  const { diagnostics, fingerprint, frontEnd, predicates, workload } = inspection;
  const listed = (texts: readonly string[]): string[] => [...texts.slice(0, ROWS_MAX).flatMap((one) => paragraph(page, one, { first: '  ', columns: 2 })), ...more(texts.length)];
  const sections = [
    ...outputSections(page, inspection),
    section(page, 'Groups by', useLines(page, inspection, 'grouping')),
    section(page, 'Decided by', useLines(page, inspection, 'condition')),
    section(page, 'Where', listed(predicates)),
    section(page, 'Reads', relationLines(page, inspection)),
    section(page, `Why ${workload.class}`, listed(workload.evidence)),
    section(page, 'Not certain', [...diagnostics.slice(0, ROWS_MAX).flatMap((diagnostic) => diagnosticLines(page, diagnostic)), ...more(diagnostics.length)]),
  ];
  return [
    ...paragraph(page, headline(inspection), { first: `${page.strong(plainText(name))}  `, columns: widthOf(plainText(name)) + 2 }),
    '',
    ...markedText(page, text, inspection.uses),
    ...sections.flat(),
    ...(fingerprint === null ? [] : ['', page.faint(`fingerprint ${fingerprint}${frontEnd === null ? '' : `, read by ${frontEnd}`}`)]),
  ];
}

function section(page: Page, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : heading(page, title, lines);
}

/** A section that says something even without lines. */
function heading(page: Page, title: string, lines: readonly string[]): string[] {
  return ['', page.strong(plainText(title)), ...lines];
}

/** The relation that is written, what is written into it, and what the statement shows or gives back. */
function outputSections(page: Page, { kind, status, target, outputs, returning = [] }: Inspection): string[][] {
  const lines = outputLines(page, outputs, status);
  if (target === undefined) return [section(page, 'Shows', lines)];
  // A WITH item writes beside what is shown.
  if (kind === 'select' || kind === 'cursor') return [section(page, 'Shows', lines), heading(page, `Writes to ${target}`, [])];
  const given = section(page, 'Gives back', outputLines(page, returning, status));
  return kind === 'delete' ? [heading(page, `Deletes from ${target}`, []), given] : [heading(page, `Writes to ${target}`, lines), given];
}

const NO_CATALOGUE = 'No catalogue was given: names are taken as they are written. Give one with --ddl, --bundle, --postgres, --duckdb or --warehouse.';

const STATUS: Record<Inspection['status'], string> = {
  parsed: 'understood in full',
  partial: 'understood in part',
  unparsed: 'not understood',
};

function headline({ status, kind, dialect, workload, statements, statement, confidence }: Inspection): string {
  if (status === 'unparsed') return `${STATUS.unparsed} (${dialect})`;
  const several = statements > 1 ? `statement ${statement} of ${count(statements, '', '').trim()}: ` : '';
  const doubt = confidence === 'low' ? ', with low confidence' : '';
  const work = workload.class === 'unknown' ? 'class unknown' : `${workload.class} (confidence ${workload.confidence})`;
  return `${several}${kind.replaceAll('_', ' ')} in ${dialect}, ${STATUS[status]}${doubt}; ${work}`;
}

function outputLines(page: Page, outputs: readonly InspectedOutput[], status: Inspection['status']): string[] {
  // Of a text that is understood in part an output without a source may have one that was not found.
  const nothing = status === 'parsed' ? 'no stored column' : 'no stored column that is known';
  const width = Math.min(30, Math.max(0, ...outputs.map(({ name }) => widthOf(plainText(name)))));
  const lines = outputs.slice(0, ROWS_MAX).flatMap((output) => {
    const name = pad(plainText(output.name), width);
    const sources = output.sources.map((source) => `${source} (${[output.transformation[source], output.mask[source]].join(', ')})`);
    return paragraph(page, sources.length === 0 ? nothing : sources.join(', '), { first: `  ${name}  `, columns: widthOf(name) + 4 });
  });
  return [...lines, ...more(outputs.length)];
}

function more(length: number): string[] {
  return length > ROWS_MAX ? [`  … and ${length - ROWS_MAX} more`] : [];
}

function useLines(page: Page, { uses }: Inspection, kind: InspectedUse['kind']): string[] {
  const roles = new Map<string, Set<string>>();
  for (const use of uses) if (use.kind === kind) roles.set(use.column, (roles.get(use.column) ?? new Set()).add(use.role));
  const rows = [...roles].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = rows.slice(0, ROWS_MAX).flatMap(([column, how]) => paragraph(page, `${column} (${[...how].sort().join(', ')})`, { first: '  ', columns: 2 }));
  return [...lines, ...more(rows.length)];
}

function relationLines(page: Page, { relations, tables, unknown, catalogued }: Inspection): string[] {
  const behind = tables.filter((table) => !relations.includes(table));
  const lines = relations.slice(0, ROWS_MAX).flatMap((relation) =>
    paragraph(page, catalogued && unknown.includes(relation) ? `${relation}, which the catalogue does not have` : relation, { first: '  ', columns: 2 }),
  );
  return [
    ...lines,
    ...more(relations.length),
    ...(behind.length === 0 ? [] : paragraph(page, `and behind them ${behind.join(', ')}`, { first: '  ', columns: 2 })),
    ...(catalogued || relations.length === 0 ? [] : paragraph(page, NO_CATALOGUE, { first: '  ', columns: 2 })),
  ];
}

function diagnosticLines(page: Page, { severity, message, line, column }: Inspection['diagnostics'][number]): string[] {
  const mark = page.level(severity);
  const place = line === null ? '' : `${line}:${column} `;
  return paragraph(page, `${place}${message}`, { first: `  ${mark.paint(mark.glyph)} `, columns: 4 });
}
