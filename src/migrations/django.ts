import type { SyntaxNode } from '@lezer/common';
import { DjangoState } from './django-state.js';
import { DjangoMigration } from './django-operations.js';
import { Reading, type GivenFile, type MigrationReader, type ReadMigration } from './reading.js';
import { childrenOf, parsePython, textOf, valueOf, type PythonValue } from './python-values.js';

/** Migrations of Django: `APP/migrations/0042_close_reason.py` ("Migrations" and "Migration Operations", Django 5.1). */
const NAME = /(?:^|\/)(?:([^/]+)\/)?migrations\/((\w*?)\.py)$/;

interface Parsed {
  app: string;
  name: string;
  operations: PythonValue | null;
  dependencies: string[];
}

/** One pass over all files of a project: a later file names what an earlier one made. Forgotten with the list of the files. */
const projects = new WeakMap<readonly GivenFile[], Map<string, ReadMigration>>();

export const reader: MigrationReader = {
  recognises: ({ path, text }) => (path.endsWith('.py') && /\bmigrations\.Migration\b|class Migration\s*\(/.test(text) ? 2 : 0),
  read(file, all) {
    const known = projects.get(all) ?? readProject(all);
    projects.set(all, known);
    return known.get(file.path) ?? readProject([file]).get(file.path) ?? { version: null, steps: [], problems: [] };
  },
};

function readProject(all: readonly GivenFile[]): Map<string, ReadMigration> {
  const files = all.filter((file) => reader.recognises(file) > 0).map((file) => ({ file, parsed: parse(file) }));
  const state = new DjangoState();
  const result = new Map<string, ReadMigration>();
  inDependencies(files).forEach(({ file, parsed }, position) => {
    const reading = new Reading(file.text);
    if (parsed.operations === null) reading.problem('the class Migration has no list of operations, or none that can be read', 0);
    else new DjangoMigration(file, parsed.app, state, reading).run(parsed.operations);
    result.set(file.path, { version: parsed.name, order: String(position).padStart(6, '0'), steps: reading.steps, problems: reading.problems });
  });
  return result;
}

function parse({ path, text }: GivenFile): Parsed {
  const [, app = '', , name = ''] = NAME.exec(path) ?? [null, '', '', path.replace(/^.*\//, '').replace(/\.py$/, '')];
  const found: Parsed = { app, name, operations: null, dependencies: [] };
  for (let node = parsePython(text).firstChild; node; node = node.nextSibling) {
    if (node.name !== 'ClassDefinition') continue;
    const body = node.getChild('Body');
    for (let line = body?.firstChild ?? null; line; line = line.nextSibling) assign(line, text, found);
  }
  return found;
}

function assign(line: SyntaxNode, text: string, found: Parsed): void {
  if (line.name !== 'AssignStatement') return;
  const [target, , value] = childrenOf(line);
  const name = target ? text.slice(target.from, target.to) : '';
  if (!value) return;
  if (name === 'operations') found.operations = valueOf(value, text);
  if (name !== 'dependencies') return;
  const list = valueOf(value, text);
  for (const item of list.kind === 'list' ? list.items : []) {
    const [app, migration] = item.kind === 'list' ? item.items.map(textOf) : [];
    if (typeof app === 'string' && typeof migration === 'string') found.dependencies.push(`${app}.${migration}`);
  }
}

/** Each after those that it depends on; otherwise by app and name. A circle is entered at its first file. */
function inDependencies<T extends { parsed: Parsed }>(files: readonly T[]): T[] {
  const sorted = files.toSorted((a, b) => compare(a.parsed.app, b.parsed.app) || compare(a.parsed.name, b.parsed.name));
  const byKey = new Map(sorted.map((file) => [`${file.parsed.app}.${file.parsed.name}`, file]));
  const done = new Set<T>();
  // A stack of its own: a project may have thousands of migrations in a chain.
  for (const first of sorted) {
    const waiting = [{ file: first, next: 0 }];
    const entered = new Set<T>([first]);
    for (let top = waiting.at(-1); top; top = waiting.at(-1)) {
      const dependency = byKey.get(top.file.parsed.dependencies[top.next++] ?? '');
      if (dependency && !done.has(dependency) && !entered.has(dependency)) {
        entered.add(dependency);
        waiting.push({ file: dependency, next: 0 });
      } else if (top.next > top.file.parsed.dependencies.length) {
        done.add(top.file);
        waiting.pop();
      }
    }
  }
  return [...done];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
