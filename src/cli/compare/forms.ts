import type { CommandContext } from '../command.js';
import { suggestion } from '../../text/nearest-name.js';
import { UsageError } from '../usage-error.js';
import { type Form, formsOf } from '../forms.js';

const FORMATS = ['text', 'json', 'ndjson', 'markdown'];

/** One form of the answer and where it goes; null is standard output. */
export interface CompareForm {
  id: Form['id'] | 'markdown';
  file: string | null;
}

/**
 * The forms that were asked for: those of all commands, and Markdown for a report to somebody else.
 *
 * @throws UsageError for a form that does not exist, and for two of them at one place
 */
export function compareForms({ options: { format, output } }: CommandContext): CompareForm[] {
  const unknown = format.find((wanted) => !FORMATS.includes(wanted.replace(/:.*$/s, '')));
  if (unknown !== undefined) throw new UsageError(`compare has no format '${unknown}'${suggestion(unknown, FORMATS)}`, `formats: ${FORMATS.join(', ')}`);
  const isMarkdown = format.map((wanted) => /^markdown(?::|$)/.test(wanted));
  // Markdown takes the place that text would take.
  const forms = formsOf('compare', { format: format.map((wanted, index) => (isMarkdown[index] === true ? wanted.replace('markdown', 'text') : wanted)), output });
  return forms.map((form, index) => (isMarkdown[index] === true ? { ...form, id: 'markdown' as const } : form));
}
