export type ColorChoice = 'auto' | 'always' | 'never';

/**
 * Whether colours may be written to a destination. The flag decides first, then NO_COLOR (any value but the empty one,
 * no-color.org), then FORCE_COLOR (`0` and `false` forbid), then whether it is a terminal that knows colours. Decided
 * here once, as libraries differ on the order.
 */
export function mayColor(
  choice: ColorChoice,
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && environment['TERM'] !== 'dumb';
}
