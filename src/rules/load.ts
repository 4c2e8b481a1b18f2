import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileRule } from './compile.js';
import { type PlainRules, plainRules } from './plain-rules.js';
import { compareProblems, fileProblem, RuleError, type RuleProblem } from './problem.js';
import type { Rule } from './rule.js';

/** Where the rules of this package lie: the same from `src/rules` and from `dist/rules`. */
export const bundledRulesFolder = fileURLToPath(new URL('../../rules', import.meta.url));

/** The tables that the SQL examples of the rules speak of. */
export const exampleSchemaFile = join(bundledRulesFolder, 'example-schema.sql');

/** A rule is a page; a folder of rules is read as a whole. */
const fileLengthMax_bytes = 100_000;
const filesMax = 1000;

/**
 * Reads the bundled rules and those of the given folders (with their sub-folders), sorted by id. Throws RuleError, which
 * carries every problem of every file: a rule that cannot be read is never left out silently, since a run without it
 * would look clean.
 */
export async function loadRules(options: { folders?: readonly string[] } = {}): Promise<Rule[]> {
  const read = [await readFolder(bundledRulesFolder, true)];
  for (const folder of options.folders ?? []) read.push(await readFolder(folder, false));
  return finish(read);
}

/** Reads one file of the user's own, for checking it alone. Throws RuleError. */
export async function loadRuleFile(file: string): Promise<Rule> {
  const { rules, problems } = await readRule(file, file, null);
  const [rule] = finish([{ rules, problems }]);
  if (rule === undefined) throw new RuleError([fileProblem(file, 'holds no rule')]);
  return rule;
}

interface Read {
  rules: Rule[];
  problems: RuleProblem[];
}

function finish(read: readonly Read[]): Rule[] {
  const rules = read.flatMap((part) => part.rules).sort((a, b) => (a.id < b.id ? -1 : 1));
  const problems = [...read.flatMap((part) => part.problems), ...duplicates(rules)];
  if (problems.length > 0) throw new RuleError(problems.sort(compareProblems));
  return rules;
}

async function readFolder(folder: string, bundled: boolean): Promise<Read> {
  const read: Read = { rules: [], problems: [] };
  let names: string[];
  try {
    names = await ruleFileNames(folder);
  } catch (error) {
    read.problems.push(fileProblem(folder, `cannot be read as a folder of rules: ${reason(error)}`));
    return read;
  }
  if (names.length === 0) read.problems.push(fileProblem(folder, 'is named as a folder of rules and holds none (*.yaml)'));
  if (names.length > filesMax) {
    const message = `holds ${names.length} rule files, and at most ${filesMax} are read; is it the right folder?`;
    read.problems.push(fileProblem(folder, message));
    return read;
  }
  const known = bundled ? await plainRules() : null;
  for (const name of names) {
    const file = join(folder, name);
    const { rules, problems } = await readRule(file, bundled ? join('rules', name) : file, bundled ? dirname(name) : null, known);
    read.rules.push(...rules);
    read.problems.push(...problems);
  }
  return read;
}

async function ruleFileNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => /\.ya?ml$/.test(entry.name) && !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** `area` is the folder that the rule must belong to, null for rules of the user's own. */
async function readRule(file: string, shownAs: string, area: string | null, known: PlainRules | null = null): Promise<Read> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > fileLengthMax_bytes) {
      const message = `is ${size} bytes long; a rule file has at most ${fileLengthMax_bytes}`;
      return { rules: [], problems: [fileProblem(shownAs, message)] };
    }
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    return { rules: [], problems: [fileProblem(shownAs, `cannot be read: ${reason(error)}`)] };
  }
  const { rule, problems } = compileRule(text, shownAs, known?.of(text));
  if (rule === null) return { rules: [], problems: [...problems] };
  const misplaced = placement(rule, area);
  return misplaced === null ? { rules: [rule], problems: [] } : { rules: [], problems: [fileProblem(shownAs, misplaced)] };
}

function placement(rule: Rule, area: string | null): string | null {
  const name = basename(rule.file).replace(/\.ya?ml$/, '');
  if (name !== rule.id) return `holds the rule '${rule.id}'; the file name is the id, so one of both must change`;
  if (area !== null && area !== rule.area) return `holds a rule of the area '${rule.area}', and lies in the folder '${area}'`;
  return null;
}

/** An id means one rule for ever, so neither ids nor former ids may meet. */
function duplicates(rules: readonly Rule[]): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const owners = new Map<string, Rule>();
  for (const rule of rules) {
    for (const id of [rule.id, ...rule.aliases]) {
      const owner = owners.get(id);
      if (owner === undefined) owners.set(id, rule);
      else problems.push(fileProblem(rule.file, `the id '${id}' is already taken by ${owner.file}; choose another one`));
    }
  }
  return problems;
}

function reason(error: unknown): string {
  if (error instanceof Error && 'code' in error) {
    if (error.code === 'ENOENT') return 'there is no such file or folder';
    if (error.code === 'EACCES') return 'permission denied';
    if (error.code === 'ENOTDIR') return 'it is a file';
    if (error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8';
  }
  return error instanceof Error ? error.message : String(error);
}
