import { createPage, type Page } from '../report/layout/page.js';
import { sortedJson } from '../report/layout/sorted-json.js';
import { mayColor } from './color.js';
import type { CommandContext } from './command.js';
import type { Form } from './forms.js';
import { knowsUtf8 } from './locale.js';
import { asciiLines } from './metrics/signs.js';
import { COLUMNS_DEFAULT } from './output.js';

/** Wider lines are hard to follow with the eye; below the least nothing can be laid out. */
const WIDTH_MAX = 120;
const WIDTH_MIN = 40;

/** One answer in its forms, each made only when it is asked for. */
export interface Answer {
  lines: (page: Page) => string[];
  /** One object; written with its keys sorted. */
  json: () => object;
  /** One object a line, each with its `type`. */
  records: () => object[];
}

/** Writes an answer in every form that was asked for. */
export async function writeAnswer({ host, options, output }: CommandContext, forms: readonly Form[], { lines, json, records }: Answer): Promise<void> {
  for (const { id, file } of forms) {
    if (id === 'text') {
      const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, file === null ? output.columns() : COLUMNS_DEFAULT));
      const drawn = lines(createPage(width, mayColor(options.color, host.environment, file === null && host.stdout.isTTY)));
      const spelled = file === null && !knowsUtf8(host.environment) ? asciiLines(drawn) : drawn;
      await output.printOrWrite(spelled.map((line) => `${line}\n`).join(''), file);
    } else {
      await output.printOrWrite(id === 'json' ? `${sortedJson(json(), 2)}\n` : records().map((record) => `${sortedJson(record)}\n`).join(''), file);
    }
  }
}
