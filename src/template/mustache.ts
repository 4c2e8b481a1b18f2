import type { Hole } from './holes.js';

/** A tag of the template, as Redash's Mustache without escaping reads it. */
interface Tag {
  start: number;
  end: number;
  /** `#`, `^`, `/`, `!`, `>` or '' for a variable. */
  sign: string;
  name: string;
}

/** What stands between the braces is taken apart later: blanks at both ends of an expression would be tried in every way. */
const TAG = /\{\{\{([^{}]{1,500})\}\}\}|\{\{([^{}]{0,500})\}\}/g;

function tagsOf(text: string): Tag[] {
  return [...text.matchAll(TAG)].map((match) => {
    const [whole, triple, double = ''] = match;
    const inner = (triple ?? double).trim();
    const sign = triple === undefined && /^[#^/!>&]/.test(inner) ? inner.charAt(0) : '';
    return { start: match.index, end: match.index + whole.length, sign: sign === '&' ? '' : sign, name: sign === '' ? inner : inner.slice(1).trim() };
  });
}

/**
 * The holes of a Mustache template: a variable is a parameter; markers of sections and comments are blank, so that the bodies
 * of sections stay, which is every column that the template can read. What an inverted section holds is blank with it:
 * it is the other half of one that stays.
 *
 * @param describe what is known of a parameter by its name (`created.start` for the start of a range)
 */
export function mustacheHoles(text: string, describe: (name: string) => Omit<Hole, 'start' | 'end' | 'name'>): Hole[] {
  const tags = tagsOf(text);
  // From the end, so that each inverted section knows the next tag that closes one of its name.
  const closes = new Map<string, number>();
  const holes: Hole[] = [];
  for (const { start, end, sign, name } of tags.toReversed()) {
    if (sign === '/') closes.set(name, end);
    if (sign === '') holes.push({ start, end, name, ...describe(name) });
    else holes.push({ start, end: sign === '^' ? (closes.get(name) ?? end) : end, name, text: '' });
  }
  return holes.reverse();
}
