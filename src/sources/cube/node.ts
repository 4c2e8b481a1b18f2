import type { Origin } from '../../model/query.js';
import type { CubeStyle } from '../../template/cube-members.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';

/** A text of a model with the marks of its language, as decoded from its container. */
export interface ModelText {
  text: string;
  style: CubeStyle;
}

/** A value of a model file, YAML, JavaScript or an answer of the interface: read as far as it is written down. */
export interface ModelNode {
  /** The value under a key, in snake case; JavaScript's `sqlTable` is found as `sql_table`. */
  get(key: string): ModelNode | undefined;
  /** The things that a list of `{ name, … }` or a map by name holds. */
  named(): [string, ModelNode][];
  items(): ModelNode[];
  /** A string or a template, with its references; null for other values. */
  text(): ModelText | null;
  /** The path of a member that is named without quotes or in them: `orders.count`; null for other values. */
  path(): string | null;
  isTrue(): boolean;
  /** True where a program computes the value or a part of it. */
  readonly isDynamic: boolean;
  /** Where the value begins: the first character of a string. */
  origin(): Origin;
}

export function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A plain string of a node. */
export function stringOf(node: ModelNode | undefined): string | null {
  return node?.text()?.text ?? null;
}

/** A value of YAML or JSON. */
export class YamlNode implements ModelNode {
  readonly isDynamic = false;

  constructor(
    readonly file: SourceFile,
    readonly value: unknown,
    readonly pointer: string,
    readonly origins: Origins,
  ) {}

  get(key: string): ModelNode | undefined {
    if (!isObject(this.value)) return undefined;
    const name = Object.hasOwn(this.value, key) ? key : camelCase(key);
    if (!Object.hasOwn(this.value, name) || this.value[name] === null || this.value[name] === undefined) return undefined;
    return this.#child(name, this.value[name]);
  }

  named(): [string, ModelNode][] {
    if (isObject(this.value)) return Object.entries(this.value).filter(([, value]) => isObject(value)).map(([name, value]) => [name, this.#child(name, value)]);
    return this.items().flatMap((item): [string, ModelNode][] => {
      const name = item.get('name')?.path();
      return name === null || name === undefined ? [] : [[name, item]];
    });
  }

  items(): ModelNode[] {
    return Array.isArray(this.value) ? this.value.map((item: unknown, index) => this.#child(index, item)) : [];
  }

  text(): ModelText | null {
    if (typeof this.value === 'string') return { text: this.value, style: 'yaml' };
    // `sql: 1` is a number for YAML and SQL for Cube.
    return typeof this.value === 'number' ? { text: String(this.value), style: 'yaml' } : null;
  }

  path(): string | null {
    return typeof this.value === 'string' ? this.value.trim() : null;
  }

  isTrue(): boolean {
    return this.value === true;
  }

  origin(): Origin {
    return this.origins.add(this.file, this.pointer);
  }

  #child(key: string | number, value: unknown): YamlNode {
    return new YamlNode(this.file, value, this.pointer + pointerStep(key), this.origins);
  }
}
