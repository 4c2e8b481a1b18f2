import type { StoreWorkload, WorkloadReport } from '../../model/workload.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import type { Form } from '../forms.js';
import { nothingMatches } from './nothing.js';
import type { By, Filters, Sort } from './options.js';
import { workloadPage } from './page.js';
import { cut, viewOf, type Divided } from './view.js';

export interface WriteOptions {
  by: By | null;
  sort: Sort;
  filters: Filters;
  /** Null where nobody asked: text is then cut, the forms for machines are not. */
  limit: number | null;
  rows_default: number;
}

/** Writes the answer in every form that was asked for. */
export async function write(context: CommandContext, divided: Divided, forms: readonly Form[], { by, sort, filters, limit, rows_default }: WriteOptions): Promise<void> {
  const { options, output } = context;
  const nothing = nothingMatches(divided.whole, filters);
  if (nothing !== null && forms.some(({ id }) => id !== 'text')) output.note(nothing);
  const view = () => cut(viewOf(divided.chosen, { filters, sort }), limit ?? Number.POSITIVE_INFINITY);
  await writeAnswer(context, forms, {
    lines: (page) => workloadPage(page, divided, { by, sort, filters, limit: limit ?? rows_default, quiet: options.quiet }),
    json: view,
    records: () => recordsOf(view(), by),
  });
}

/** One object a line, each with its `type`, those of a store with its name. docs/workload.md is their contract. */
export function recordsOf({ schemaVersion, tool, takenAt, stores, gaps, assumptions }: WorkloadReport, by: By | null): object[] {
  return [
    { type: 'workload', schemaVersion, tool, takenAt },
    ...stores.flatMap((store) => recordsOfStore(store, by)),
    ...gaps.map((gap) => ({ type: 'gap', ...gap })),
    ...assumptions.map((text) => ({ type: 'assumption', text })),
  ];
}

function recordsOfStore({ classes, byConsumer, byRole, byRelation, byDay, changes, statements, ...store }: StoreWorkload, by: By | null): object[] {
  const lists: [string, By | null, readonly object[]][] = [
    ['class', 'class', classes],
    ['consumer', 'consumer', byConsumer],
    ['role', 'role', byRole],
    ['relation', 'relation', byRelation],
    ['day', 'day', byDay],
    ['change', null, changes],
    ['statement', 'statement', statements],
  ];
  const wanted = lists.filter(([, list]) => by === null || list === by);
  return [{ type: 'store', ...store }, ...wanted.flatMap(([type, , rows]) => rows.map((row) => ({ ...row, type, store: store.store })))];
}
