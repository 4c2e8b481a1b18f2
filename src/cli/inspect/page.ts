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
  const sections: [title: string, lines: string[]][] = [
    [inspection.target === undefined ? 'Shows' : `Writes to ${inspection.target}`, outputLines(page, inspection.outputs)],
    ['Gives back', outputLines(page, inspection.returning ?? [])],
    ['Groups by', useLines(page, inspection, 'grouping')],
    ['Decided by', useLines(page, inspection, 'condition')],
    ['Where', inspection.predicates.flatMap((predicate) => paragraph(page, predicate, { first: '  ', columns: 2 }))],
    ['Reads', relationLines(page, inspection)],
    [`Why ${inspection.workload.class}`, inspection.workload.evidence.flatMap((reason) => paragraph(page, reason, { first: '  ', columns: 2 }))],
    ['Not certain', inspection.diagnostics.flatMap((diagnostic) => diagnosticLines(page, diagnostic))],
  ];
  return [
    ...paragraph(page, headline(inspection), { first: `${page.strong(plainText(name))}  `, columns: widthOf(plainText(name)) + 2 }),
    '',
    ...markedText(page, text, inspection.uses),
    ...sections.flatMap(([title, lines]) => (lines.length === 0 ? [] : ['', page.strong(plainText(title)), ...lines])),
    ...(inspection.fingerprint === null ? [] : ['', page.faint(`fingerprint ${inspection.fingerprint}, read by ${inspection.frontEnd ?? 'nothing'}`)]),
  ];
}

const STATUS: Record<Inspection['status'], string> = {
  parsed: 'understood in full',
  partial: 'understood in part',
  unparsed: 'not understood',
};

function headline({ status, kind, dialect, workload, statements, confidence }: Inspection): string {
  if (status === 'unparsed') return `${STATUS.unparsed} (${dialect})`;
  const several = statements > 1 ? `the last of ${count(statements, 'statement')}, ` : '';
  const doubt = confidence === 'low' ? ', with low confidence' : '';
  return `${several}${kind.replaceAll('_', ' ')} in ${dialect}, ${STATUS[status]}${doubt}: ${workload.class} work (${workload.confidence})`;
}

function outputLines(page: Page, outputs: readonly InspectedOutput[]): string[] {
  const width = Math.min(30, Math.max(0, ...outputs.map(({ name }) => widthOf(plainText(name)))));
  const lines = outputs.slice(0, ROWS_MAX).flatMap((output) => {
    const name = pad(plainText(output.name), width);
    const sources = output.sources.map((source) => `${source} (${[output.transformation[source], output.mask[source]].join(', ')})`);
    return paragraph(page, sources.length === 0 ? 'nothing stored' : sources.join(', '), { first: `  ${name}  `, columns: widthOf(name) + 4 });
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
  return [...lines, ...more(relations.length), ...(behind.length === 0 ? [] : paragraph(page, `and behind them ${behind.join(', ')}`, { first: '  ', columns: 2 }))];
}

function diagnosticLines(page: Page, { severity, message, line, column }: Inspection['diagnostics'][number]): string[] {
  const mark = page.level(severity);
  const place = line === null ? '' : `${line}:${column} `;
  return paragraph(page, `${place}${message}`, { first: `  ${mark.paint(mark.glyph)} `, columns: 4 });
}
