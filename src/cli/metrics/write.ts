import type { MetricGroup } from '../../model/metric-report.js';
import { createPage, type Page } from '../../report/layout/page.js';
import { sortedJson } from '../../report/layout/sorted-json.js';
import { mayColor } from '../color.js';
import type { CommandContext } from '../command.js';
import { COLUMNS_DEFAULT } from '../output.js';
import type { MetricsAnswer } from './answer.js';
import type { Form } from '../forms.js';
import { asciiLines } from './signs.js';
import { knowsUtf8 } from '../locale.js';

/** Wider lines are hard to follow with the eye; below the least nothing can be laid out. */
const WIDTH_MAX = 120;
const WIDTH_MIN = 40;

/** Writes the answer in every form that was asked for: `lines` lays out the text, `groups` are what machines get. */
export async function write({ host, options, output }: CommandContext, answer: MetricsAnswer, groups: readonly MetricGroup[], forms: readonly Form[], lines: (page: Page) => string[]): Promise<void> {
  for (const { id, file } of forms) {
    if (id === 'text') {
      const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, file === null ? output.columns() : COLUMNS_DEFAULT));
      const page = createPage(width, mayColor(options.color, host.environment, file === null && host.stdout.isTTY));
      const drawn = lines(page);
      const spelled = file === null && !knowsUtf8(host.environment) ? asciiLines(drawn) : drawn;
      await output.printOrWrite(spelled.map((line) => `${line}\n`).join(''), file);
      continue;
    }
    const view = { ...answer, groups: [...groups] };
    await output.printOrWrite(id === 'json' ? `${sortedJson(view, 2)}\n` : recordsOf(view).map((record) => `${sortedJson(record)}\n`).join(''), file);
  }
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
