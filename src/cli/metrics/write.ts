import type { MetricGroup } from '../../model/metric-report.js';
import type { Page } from '../../report/layout/page.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import type { MetricsAnswer } from './answer.js';
import type { Form } from '../forms.js';

/** Writes the answer in every form that was asked for: `lines` lays out the text, `groups` are what machines get. */
export async function write(context: CommandContext, answer: MetricsAnswer, groups: readonly MetricGroup[], forms: readonly Form[], lines: (page: Page) => string[]): Promise<void> {
  const view = { ...answer, groups: [...groups] };
  await writeAnswer(context, forms, { lines, json: () => view, records: () => recordsOf(view) });
}

/** One object a line, each with its `type`. docs/metrics.md is their contract. */
export function recordsOf({ groups, gaps, assumptions, ...head }: MetricsAnswer): object[] {
  return [
    { type: 'metrics', ...head },
    ...groups.map((group) => ({ type: 'group', ...group })),
    ...gaps.map((gap) => ({ type: 'gap', ...gap })),
    ...assumptions.map((text) => ({ type: 'assumption', text })),
  ];
}
