import { suggestion } from '../text/nearest-name.js';
import { UsageError } from './usage-error.js';

const FORMATS = ['text', 'json', 'ndjson'] as const;

/** One form of the answer and where it goes; null is standard output. */
export interface Form {
  id: (typeof FORMATS)[number];
  file: string | null;
}

/**
 * The forms that a command which answers in tables was asked for.
 *
 * @param command for messages
 * @throws UsageError for a form that does not exist, and for two of them at one place
 */
export function formsOf(command: string, { format, output }: { format: readonly string[]; output: string | undefined }): Form[] {
  const forms = (format.length === 0 ? ['text'] : format).map((wanted): Form => {
    const colon = wanted.indexOf(':');
    const id = FORMATS.find((name) => name === (colon < 0 ? wanted : wanted.slice(0, colon)));
    if (id === undefined) throw new UsageError(`${command} has no format '${wanted}'${suggestion(wanted, FORMATS)}`, `formats: ${FORMATS.join(', ')}`);
    return { id, file: colon < 0 ? null : wanted.slice(colon + 1) };
  });
  const [unnamed, another] = forms.filter(({ file }) => file === null);
  if (another !== undefined) throw new UsageError('two answers would go to standard output', `give one of them a file, as in --format ${another.id}:FILE`);
  if (output !== undefined) {
    if (unnamed === undefined) throw new UsageError('-o names a file, but each --format already has one');
    unnamed.file = output;
  }
  const files = forms.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) < index);
  if (twice !== undefined) throw new UsageError(`two answers would go to ${twice}`);
  return forms;
}
