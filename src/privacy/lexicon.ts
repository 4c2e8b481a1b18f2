/** An entry of a lexicon as it stands in a name. */
export interface Occurrence<T> {
  payload: T;
  start: number;
  /** In words of the name. An entry of two words that the name writes as one (`firstname`) has length 1. */
  length: number;
  /** In words of the entry. */
  words: number;
}

/** Finds sequences of words in names. One look-up a word, however many entries there are. */
export class Lexicon<T> {
  readonly #byFirst = new Map<string, { words: readonly string[]; payload: T }[]>();
  readonly #glued = new Map<string, { words: number; payload: T }[]>();

  constructor(entries: Iterable<{ words: readonly string[]; payload: T }>) {
    for (const entry of entries) {
      const first = entry.words[0];
      if (first === undefined) continue;
      append(this.#byFirst, first, entry);
      if (entry.words.length > 1) append(this.#glued, entry.words.join(''), { words: entry.words.length, payload: entry.payload });
    }
  }

  find(name: readonly string[]): Occurrence<T>[] {
    const found: Occurrence<T>[] = [];
    name.forEach((word, start) => {
      for (const { words, payload } of this.#byFirst.get(word) ?? []) {
        if (words.every((expected, offset) => name[start + offset] === expected)) {
          found.push({ payload, start, length: words.length, words: words.length });
        }
      }
      for (const { words, payload } of this.#glued.get(word) ?? []) found.push({ payload, start, length: 1, words });
    });
    return found;
  }
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
