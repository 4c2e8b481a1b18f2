import { UsageError } from '../../usage-error.js';

/** Settings of both sessions, and of each alone. */
export interface SessionFlags {
  both: Record<string, string>;
  a: Record<string, string>;
  b: Record<string, string>;
  /** Whether the two differ. */
  apart: boolean;
}

/**
 * Reads `timezone=UTC`, `a.timezone=Asia/Jakarta`.
 *
 * @throws UsageError
 */
export function sessionFlags(flags: readonly string[]): SessionFlags {
  const result: SessionFlags = { both: {}, a: {}, b: {}, apart: false };
  for (const flag of flags) {
    const [, side, name, value] = /^(?:([ab])\.)?([a-z_]+)\s*=\s*(.+)$/is.exec(flag) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`--session takes a setting and its value, not '${flag}'`, 'as in --session timezone=Europe/Berlin, or --session a.timezone=UTC for the first query alone');
    const of = side?.toLowerCase() === 'a' ? result.a : side === undefined ? result.both : result.b;
    of[name.toLowerCase()] = value;
    result.apart ||= side !== undefined;
  }
  return result;
}
