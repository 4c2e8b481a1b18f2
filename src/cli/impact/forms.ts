import type { CommandContext } from '../command.js';
import { type Form, formsOf } from '../forms.js';

/** One form of the answer and where it goes; null is standard output. */
export interface ImpactForm {
  id: Form['id'] | 'markdown';
  file: string | null;
}

/**
 * The forms that were asked for: those of all commands, and Markdown for a comment on a pull request.
 *
 * @throws UsageError for a form that does not exist, and for two of them at one place
 */
export function impactForms({ options: { format, output } }: CommandContext): ImpactForm[] {
  const isMarkdown = format.map((wanted) => /^markdown(?::|$)/.test(wanted));
  // Markdown takes the place that text would take.
  const forms = formsOf('impact', { format: format.map((wanted, index) => (isMarkdown[index] === true ? wanted.replace('markdown', 'text') : wanted)), output });
  return forms.map((form, index) => (isMarkdown[index] === true ? { ...form, id: 'markdown' as const } : form));
}
