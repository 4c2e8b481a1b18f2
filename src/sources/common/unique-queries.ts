import type { CollectedQuery } from '../../model/query.js';

/**
 * Queries under ids of their own. One that has the id and the text of a query of another file is its copy and is left out; one
 * with another text gets a number.
 */
export class UniqueQueries {
  readonly #queries = new Map<string, CollectedQuery>();
  /** The next number for an id. */
  readonly #numbers = new Map<string, number>();
  /** The files of the texts that are known, by id and text. */
  readonly #files = new Map<string, string>();

  add(query: CollectedQuery): void {
    const { id, raw, origin } = query;
    const text = `${id}\n${raw}`;
    const file = this.#files.get(text);
    if (file !== undefined && file !== origin.file && (raw !== '' || query.reconstructed)) return;
    if (file === undefined) this.#files.set(text, origin.file);
    let own = id;
    let number = this.#numbers.get(id) ?? 2;
    while (this.#queries.has(own)) own = `${id}#${number++}`;
    this.#numbers.set(id, number);
    this.#queries.set(own, own === id ? query : { ...query, id: own });
  }

  all(): CollectedQuery[] {
    return [...this.#queries.values()];
  }
}
