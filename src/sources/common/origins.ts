import type { Origin } from '../../model/query.js';
import type { SourceFile } from './source-file.js';

interface Pending {
  origin: Origin;
  pointer: string;
  /** Of the SQL within the decoded string. */
  offset: number;
}

/** Gives every text its place in its JSON or YAML file: one pass over each file, when all pointers are known. */
export class Origins {
  readonly #pending = new Map<SourceFile, Pending[]>();

  /** `offset` counts within the decoded string at `pointer`. Line and column are right once `resolve` has run. */
  add(file: SourceFile, pointer: string, offset = 0): Origin {
    const origin: Origin = { file: file.path, pointer: file.shownPointer(pointer), line: 1, column: 1 };
    const pending = this.#pending.get(file);
    if (pending === undefined) this.#pending.set(file, [{ origin, pointer, offset }]);
    else pending.push({ origin, pointer, offset });
    return origin;
  }

  resolve(): void {
    for (const [file, pending] of this.#pending) {
      const places = file.places(pending.map(({ pointer }) => pointer));
      for (const { origin, pointer, offset } of pending) {
        const place = places.get(pointer);
        if (place !== undefined) Object.assign(origin, file.position(place.offsetOf(offset)));
      }
    }
    this.#pending.clear();
  }
}
