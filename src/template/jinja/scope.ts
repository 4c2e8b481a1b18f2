import type { JinjaValue } from './value.js';

/** Variables of a block; inner blocks see those of outer ones. */
export class Scope {
  readonly variables = new Map<string, JinjaValue>();

  constructor(readonly parent: Scope | null) {}

  /** The value in the innermost scope that has the name, which may be undefined; undefined where none has it. */
  find(name: string): { value: JinjaValue } | undefined {
    if (this.variables.has(name)) return { value: this.variables.get(name) };
    for (let scope = this.parent; scope !== null; scope = scope.parent) {
      if (scope.variables.has(name)) return { value: scope.variables.get(name) };
    }
    return undefined;
  }
}
