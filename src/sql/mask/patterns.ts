/** Patterns come out of foreign statements: what could take long on a text of thirty characters is not run. */
const PATTERN_LENGTH_MAX = 120;
/** Ways that a match can be tried: an open repetition has one for each character of a sample, an option and an alternative two. */
const TRIES_MAX = 3_000_000;
const SAMPLE_LENGTH = 40;

const CLASSES: Record<string, string> = {
  '[:digit:]': '0-9', '[:alpha:]': 'A-Za-z', '[:alnum:]': 'A-Za-z0-9', '[:space:]': '\\s', '[:upper:]': 'A-Z', '[:lower:]': 'a-z',
  '[:punct:]': '!-\\/:-@\\[-`{-~', '[:word:]': '\\w', '[:blank:]': ' \\t',
};

/**
 * A regular expression of a SQL text as JavaScript reads it; null where the two differ too much, or where running it may take long:
 * a repeated group, a back reference, many repetitions, options or alternatives.
 */
export function readPattern(text: string, { global, ignoreCase }: { global: boolean; ignoreCase: boolean }): RegExp | null {
  if (text.length > PATTERN_LENGTH_MAX) return null;
  const inline = /^\(\?([ism]+)\)/.exec(text);
  const source = text
    .slice(inline?.[0].length ?? 0)
    .replaceAll(/\[:[a-z]+:\]/g, (name) => CLASSES[name] ?? name)
    .replaceAll(/\\[AZz]/g, (mark) => (mark === '\\A' ? '^' : '$'))
    .replaceAll(/\\[ymM]/g, '\\b');
  const withoutClasses = source.replaceAll(/\\./g, 'e').replaceAll(/\[\^?\]?[^\]]*\]/g, 'c');
  if (/\)(?:[*+]|\{)/.test(withoutClasses) || /\\[1-9]/.test(source) || /\{\d{3,}|,\d{3,}\}/.test(withoutClasses)) return null;
  if (tries(withoutClasses) > TRIES_MAX) return null;
  try {
    return new RegExp(source, `${global ? 'g' : ''}${ignoreCase || inline?.[1]?.includes('i') === true ? 'i' : ''}`);
  } catch (error) {
    // What JavaScript cannot read is left unjudged.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function tries(pattern: string): number {
  const count = (part: RegExp): number => (pattern.match(part) ?? []).length;
  const starts = pattern.startsWith('^') ? 1 : SAMPLE_LENGTH;
  // A question mark after a repetition makes it lazy, after a parenthesis it opens a special group.
  return starts * SAMPLE_LENGTH ** count(/[*+]|\{\d*,\d*\}/g) * 2 ** (count(/[^(*+}?]\?/g) + count(/\|/g));
}

/** A replacement with `\1` or `$1` as JavaScript writes it. A dollar that names no group stands for itself. */
export function readReplacement(text: string, groups: 'backslash' | 'dollar'): string {
  if (groups === 'dollar') return text.replaceAll(/\$(?!\d)/g, '$$$$');
  return text
    .replaceAll('$', '$$$$')
    .replaceAll(/\\([1-9])/g, '$$$1')
    .replaceAll(/\\[0&]/g, '$$&')
    .replaceAll('\\\\', '\\');
}
