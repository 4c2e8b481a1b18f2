import type { Words } from './kinds/kind.js';

const LETTERS: Record<string, string> = { ß: 'ss', ł: 'l', ø: 'o', æ: 'ae', œ: 'oe', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };

/**
 * A name as a list of lower-case words without accents: camelCase, snake_case, kebab-case and digits apart.
 * `lastLoginIP` → `last login ip`, `Straße_2` → `strasse 2`.
 */
export function wordsOf(name: string): string[] {
  const spaced = name
    .slice(0, 256)
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[ßłøæœđðþı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/([a-z])([0-9])/g, '$1 $2')
    .replace(/([0-9])([a-z])/g, '$1 $2');
  return spaced.split(/[^a-z0-9]+/).filter((word) => word !== '');
}

/** The entries of a comma-separated list, each as words. */
export function entriesOf(list: string): string[][] {
  return list
    .split(',')
    .map((entry) => entry.trim().split(/\s+/))
    .filter((words) => words[0] !== '');
}

/** The entries of all languages. */
export function entriesOfAll(words: Words | undefined): string[][] {
  return Object.values(words ?? {}).flatMap((list) => entriesOf(list));
}

const PLURALS: [RegExp, string][] = [
  [/ies$/, 'y'],
  [/es$/, ''],
  [/s$/, ''],
  [/en$/, ''],
  [/n$/, ''],
  [/er$/, ''],
  [/r$/, ''],
  [/l[ae]r$/, ''],
  [/i$/, 'e'],
  [/i$/, 'o'],
  [/ci$/, 't'],
  [/cy$/, 'k'],
];

/** A word and what it may be the plural of, in the languages of the dictionary. */
export function singularForms(word: string): string[] {
  if (word.length < 5) return /^[a-z]{2}[^isu]s$/.test(word) ? [word, word.slice(0, -1)] : [word];
  return [word, ...PLURALS.filter(([ending]) => ending.test(word)).map(([ending, to]) => word.replace(ending, to))];
}
