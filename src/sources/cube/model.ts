import type { Origin, Problem } from '../../model/query.js';
import { isObject } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { cubeCalls } from './javascript.js';
import { stringOf, YamlNode, type ModelNode } from './node.js';

export interface Cube {
  name: string;
  /** What its SQL calls it: `sql_alias`, or its name in snake case. */
  alias: string;
  node: ModelNode;
  file: SourceFile;
  /** The name of the cube that it extends. */
  extends: string | null;
}

export type MemberKind = 'dimension' | 'measure' | 'segment';

export interface Member {
  kind: MemberKind;
  /** The cube that defines it: itself, or one that it extends. */
  owner: Cube;
  node: ModelNode;
}

/** A cube that a program makes up. */
export interface GeneratedCube {
  file: SourceFile;
  name: string | null;
  origin: Origin;
  problem: Problem;
}

/** How often a cube may extend one that extends another. */
const EXTENDS_MAX = 30;

/** Models are written by people; longer programs are bundles. */
const PROGRAM_LENGTH_MAX = 2_000_000;

const MEMBER_LISTS: readonly (readonly [MemberKind, string])[] = [['dimension', 'dimensions'], ['measure', 'measures'], ['segment', 'segments']];

/** The cubes of all files, by name; of two with the same name the first one is what references mean. */
export class CubeModel {
  readonly cubes: Cube[] = [];
  readonly generated: GeneratedCube[] = [];
  readonly #byName = new Map<string, Cube>();
  readonly #members = new Map<Cube, Map<string, Member>>();

  constructor(files: readonly SourceFile[], origins: Origins) {
    for (const file of files) this.#readFile(file, origins);
  }

  cube(name: string): Cube | undefined {
    return this.#byName.get(name);
  }

  member(cube: Cube, name: string): Member | undefined {
    for (const owner of this.lineage(cube)) {
      const own = this.#ownMembers(owner);
      const found = own.get(name) ?? own.get([...own.keys()].find((key) => key.includes('{{') && isMadeBy(key, name)) ?? '');
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What a cube or, if it says nothing, one that it extends says under a key. */
  property(cube: Cube, key: string): { owner: Cube; node: ModelNode } | undefined {
    for (const owner of this.lineage(cube)) {
      const node = owner.node.get(key);
      if (node !== undefined) return { owner, node };
    }
    return undefined;
  }

  /** The cube and those that it extends, nearest first, each once. */
  lineage(cube: Cube): Cube[] {
    const line = [cube];
    for (let at = cube; at.extends !== null && line.length < EXTENDS_MAX; ) {
      const parent = this.#byName.get(at.extends);
      if (parent === undefined || line.includes(parent)) break;
      line.push(parent);
      at = parent;
    }
    return line;
  }

  #ownMembers(cube: Cube): Map<string, Member> {
    const known = this.#members.get(cube);
    if (known !== undefined) return known;
    const members = new Map<string, Member>();
    for (const [kind, key] of MEMBER_LISTS) {
      for (const [name, node] of cube.node.get(key)?.named() ?? []) if (!members.has(name)) members.set(name, { kind, owner: cube, node });
    }
    this.#members.set(cube, members);
    return members;
  }

  #readFile(file: SourceFile, origins: Origins): void {
    if (isJavaScript(file)) {
      if (file.text.length > PROGRAM_LENGTH_MAX) {
        const message = `the program has ${file.text.length} characters, more than the ${PROGRAM_LENGTH_MAX} that are read`;
        this.generated.push({ file, name: null, origin: { file: file.path, pointer: '', line: 1, column: 1 }, problem: { code: 'too-large', message } });
        return;
      }
      const { calls, isCut } = cubeCalls(file);
      if (isCut) this.generated.push({ file, name: null, origin: { file: file.path, pointer: '', line: 1, column: 1 }, problem: { code: 'unreadable', message: 'parts of the program are nested too deeply to be looked at' } });
      for (const { name, definition, origin } of calls) {
        if (name === null || definition === null) this.#generate(file, name, origin);
        else this.add(name, definition, file);
      }
      return;
    }
    const documents = Array.isArray(file.value) ? file.value.map((value: unknown, index) => ({ value, pointer: `/${index}` })) : [{ value: file.value, pointer: '' }];
    for (const { value, pointer } of documents) {
      if (!isObject(value)) continue;
      for (const [name, node] of new YamlNode(file, value, pointer, origins).get('cubes')?.named() ?? []) {
        // The name that a Jinja template computes.
        if (/\{\{|\{%/.test(name)) this.#generate(file, null, node.origin());
        else this.add(name, node, file);
      }
    }
  }

  #generate(file: SourceFile, name: string | null, origin: Origin): void {
    const message = name === null ? 'a program computes the names and SQL of cubes' : `a program computes the definition of the cube ${name}`;
    this.generated.push({ file, name, origin, problem: { code: 'dynamic-sql', message } });
  }

  add(name: string, node: ModelNode, file: SourceFile): void {
    const alias = stringOf(node.get('sql_alias')) ?? snakeCase(name);
    const cube: Cube = { name, alias: /^[a-z_]\w{0,62}$/i.test(alias) && !RESERVED.has(alias.toLowerCase()) ? alias : `cube_${alias.replace(/\W+/g, '_').slice(0, 50)}`, node, file, extends: node.get('extends')?.path() ?? null };
    this.cubes.push(cube);
    if (!this.#byName.has(name)) this.#byName.set(name, cube);
  }
}

/** True for a name that a template of Jinja may give: `paid_revenue` of `{{ status }}_revenue`. */
function isMadeBy(template: string, name: string): boolean {
  const parts = template.split(/\{\{[^{}]{0,200}\}\}/);
  const [first = '', ...rest] = parts;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const next = index === rest.length - 1 ? name.length - part.length : name.indexOf(part, at);
    if (next < at || !name.startsWith(part, next)) return false;
    at = next + part.length;
  }
  return at === name.length;
}

/** Words that cannot name a relation without quotes, whose form differs between engines. */
const RESERVED = new Set([
  'all', 'and', 'any', 'array', 'as', 'asc', 'both', 'case', 'cast', 'check', 'column', 'constraint', 'create', 'default', 'desc', 'distinct', 'do', 'else', 'end',
  'except', 'false', 'fetch', 'for', 'from', 'grant', 'group', 'having', 'in', 'initially', 'intersect', 'into', 'lateral', 'leading', 'limit', 'not', 'null',
  'offset', 'on', 'only', 'or', 'order', 'placing', 'primary', 'references', 'returning', 'select', 'session_user', 'some', 'symmetric', 'table', 'then', 'to',
  'trailing', 'true', 'union', 'unique', 'user', 'using', 'values', 'when', 'where', 'window', 'with',
]);

function snakeCase(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
}

export function isJavaScript(file: SourceFile): boolean {
  return /\.(js|mjs|cjs|ts|jsx)$/i.test(file.path);
}
