import type { Hole } from './holes.js';

/** A tag of the template, as Redash's Mustache without escaping reads it. */
interface Tag {
  start: number;
  end: number;
  /** `#`, `^`, `/`, `!`, `>` or '' for a variable. */
  sign: string;
  name: string;
}

const TAG = /\{\{\{\s*([^{}]{1,500}?)\s*\}\}\}|\{\{\s*([#^/!>&]?)\s*([^{}]{0,500}?)\s*\}\}/g;

function tagsOf(text: string): Tag[] {
  return [...text.matchAll(TAG)].map((match) => {
    const [whole, triple, sign = '', name = ''] = match;
    return { start: match.index, end: match.index + whole.length, sign: sign === '&' ? '' : sign, name: triple ?? name };
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
  return tags.map(({ start, end, sign, name }, index) => {
    if (sign === '') return { start, end, name, ...describe(name) };
    const close = sign === '^' ? tags.find((tag, at) => at > index && tag.sign === '/' && tag.name === name) : undefined;
    return { start, end: close?.end ?? end, name, text: '' };
  });
}
