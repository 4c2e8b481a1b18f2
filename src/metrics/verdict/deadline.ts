import type { ScratchSpace } from '../../model/scratch-engine.js';

/** Time that one comparison has, over all its parts. */
export class Deadline {
  #end: number;

  /** @param milliseconds from now on */
  constructor(readonly milliseconds: number) {
    this.#end = performance.now() + milliseconds;
  }

  /** What is left, in milliseconds; never less than 0. */
  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  get isOver(): boolean {
    return this.left <= 0;
  }

  /** Leaves at least so much from now on, for what must not be left undone. */
  grant(milliseconds: number): void {
    this.#end = Math.max(this.#end, performance.now() + milliseconds);
  }

  /** Lets no call of the space outlive it. */
  bind(space: ScratchSpace): void {
    space.limit(Math.max(1, Math.ceil(this.left)));
  }
}
