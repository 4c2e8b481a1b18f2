import type { CommandContext } from '../command.js';
import { UsageError } from '../usage-error.js';
import type { LinesForm } from './lines-mode.js';

/** How a watch is shown here. Throws UsageError for forms that it has not. */
export function linesOrScreen({ host, options }: CommandContext, plain: boolean): LinesForm | 'screen' {
  const [format, ...more] = options.format;
  if (more.length > 0 || (format !== undefined && format !== 'ndjson' && format !== 'text')) {
    throw new UsageError(`watch has no format '${more[0] ?? format ?? ''}'`, '--format ndjson prints changes of state for machines; without it there is a screen, or lines with --plain');
  }
  if (options.output !== undefined) throw new UsageError('watch writes to the terminal only', '--record FILE keeps every sample');
  if (format === 'ndjson') return 'ndjson';
  const { environment, stdin, stdout } = host;
  const isPlain = plain || environment['TERM'] === 'dumb' || isSet(environment['ACCESSIBLE']) || isSet(environment['INK_SCREEN_READER']);
  return isPlain || !stdout.isTTY || !stdin.isTTY ? 'plain' : 'screen';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
