import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document, type Node, type YAMLError } from 'yaml';
import type { z } from 'zod';
import { suggestion } from '../text/nearest-name.js';
import { problemAt, type RuleProblem } from './problem.js';
import { ruleFile, ruleFileKeys, type RuleFile } from './rule.js';
import { isTextScalar, scalarOffsets } from './scalar-offsets.js';

export type Path = readonly (string | number)[];

/** A rule file's text with the places of its parts. Offsets are UTF-16 units. */
export interface RuleSource {
  file: string;
  /** A problem with the value at `path`, or with the part `start` to `end` of it. */
  problem(path: Path, message: string, start?: number, end?: number): RuleProblem;
  /** A problem with the key at the end of `path`. */
  keyProblem(path: Path, message: string): RuleProblem;
  /** Line and column of the value, starting at 1. */
  place(path: Path): { line: number; column: number };
}

export type ReadResult =
  | { source: RuleSource; data: RuleFile; problems: readonly [] }
  | { source: RuleSource; data: null; problems: readonly RuleProblem[] };

/**
 * Reads the YAML of one rule and checks its form. Never throws; gives the data or every problem of its form.
 *
 * @param plain what YAML gives for this very text, where it has been read before: then its nodes are only looked for once a place is asked for
 */
export function readRuleFile(text: string, file: string, plain?: unknown): ReadResult {
  if (plain !== undefined) {
    const known = ruleFile.safeParse(plain);
    if (known.success) return { source: laterSource(text, file), data: known.data, problems: [] };
  }
  const lines = new LineCounter();
  const document = parse(text, lines);
  const source = ruleSource(text, file, document, lines);
  const refuse = (problems: readonly RuleProblem[]): ReadResult => ({ source, data: null, problems });
  if (document === null) return refuse([tooDeep(text, file)]);
  if (document.errors.length > 0) return refuse(document.errors.map((error) => yamlProblem(error, text, file)));
  const hostile = hostileProblems(document, text, file);
  if (hostile.length > 0) return refuse(hostile);
  const result = ruleFile.safeParse(document.toJS());
  if (result.success) return { source, data: result.data, problems: [] };
  return refuse(result.error.issues.flatMap((issue) => formProblems(issue, source, document)));
}

/** What YAML gives for the text of a rule that is in order; null for any other. For whoever keeps it beside the text. */
export function plainRule(text: string): unknown {
  const { data } = readRuleFile(text, '');
  return data === null ? null : parse(text, new LineCounter())?.toJS();
}

function laterSource(text: string, file: string): RuleSource {
  let read: RuleSource | undefined;
  const source = (): RuleSource => (read ??= readRuleFile(text, file).source);
  return {
    file,
    problem: (...given) => source().problem(...given),
    keyProblem: (...given) => source().keyProblem(...given),
    place: (path) => source().place(path),
  };
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(text, { keepSourceTokens: true, prettyErrors: false, lineCounter });
  } catch (error) {
    // The call stack is exhausted by nesting; nothing else is thrown.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function ruleSource(text: string, file: string, document: Document.Parsed | null, lines: LineCounter): RuleSource {
  /** The value at the path, or the innermost one around it where there is none. */
  const nodeOf = (path: Path): Node | null => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document?.getIn(path.slice(0, length), true);
      if (isNode(node)) return node;
    }
    return document?.contents ?? null;
  };
  return {
    file,
    problem(path, message, start, end) {
      const node = nodeOf(path);
      if (start === undefined || end === undefined) return nodeProblem(node, text, file, message);
      return partProblem(node, text, file, message, start, end);
    },
    keyProblem(path, message) {
      const parent = nodeOf(path.slice(0, -1));
      const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
      return nodeProblem(isNode(pair?.key) ? pair.key : parent, text, file, message);
    },
    place(path) {
      const { line, col } = lines.linePos(nodeOf(path)?.range?.[0] ?? 0);
      return { line, column: col };
    },
  };
}

function nodeProblem(node: Node | null, text: string, file: string, message: string): RuleProblem {
  const [start, end] = node?.range ?? [0, 1];
  return problemAt(file, text, start, end, message);
}

function partProblem(node: Node | null, text: string, file: string, message: string, start: number, end: number): RuleProblem {
  if (!isTextScalar(node)) return nodeProblem(node, text, file, message);
  const offset = scalarOffsets(node, text);
  return problemAt(file, text, offset(start), offset(Math.max(start, end - 1)) + 1, message);
}

function yamlProblem(error: YAMLError, text: string, file: string): RuleProblem {
  if (/call stack/i.test(error.message)) return tooDeep(text, file);
  const [start, end] = error.pos;
  if (error.code === 'MULTIPLE_DOCS') return problemAt(file, text, start, end, 'a file holds one rule, and here begins another document');
  if (error.code === 'DUPLICATE_KEY') return problemAt(file, text, start, end, 'this key stands twice');
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  return problemAt(file, text, start, end, `is not YAML: ${message}`);
}

function tooDeep(text: string, file: string): RuleProblem {
  return problemAt(file, text, 0, 1, 'is nested too deeply');
}

/** Aliases can make a small file large, and a rule's texts go to terminals and reports as they are. */
function hostileProblems(document: Document.Parsed, text: string, file: string): RuleProblem[] {
  const problems: RuleProblem[] = [];
  visit(document, {
    Alias(_, node) {
      problems.push(nodeProblem(node, text, file, 'aliases are not used in rules; write the value out'));
    },
    Scalar(_, node) {
      const at = isTextScalar(node) ? node.value.search(/[^\P{Cc}\n\t]|\p{Cs}|\p{Bidi_Control}/u) : -1;
      if (at === -1) return;
      problems.push(partProblem(node, text, file, 'control and text-direction characters are not allowed in rules', at, at + 1));
    },
  });
  return problems;
}

type Issue = z.core.$ZodIssue;

/** An issue of the schema in the words of someone who writes rules. */
function formProblems(issue: Issue, source: RuleSource, document: Document.Parsed): RuleProblem[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code === 'unrecognized_keys') {
    const known = ruleFileKeys[path.map((key) => (typeof key === 'number' ? '*' : key)).join('.')] ?? [];
    return issue.keys.map((key) => source.keyProblem([...path, key], `unknown key '${key}'${suggestion(key, known)}`));
  }
  if (path.length > 0 && !document.hasIn(path)) {
    const parent = path.slice(0, -1);
    const message = `the key '${path.join('.')}' is missing`;
    // A missing key has no place of its own; of the whole file there is no line to show.
    return [parent.length === 0 ? { ...source.problem([], message), frame: '' } : source.keyProblem(parent, message)];
  }
  const subject = path.length === 0 ? 'a rule' : `${path.join('.')}:`;
  return [source.problem(path, `${subject} ${describeIssue(issue, document.getIn(path))}`)];
}

function describeIssue(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    return `must be one of ${values.join(', ')}${typeof value === 'string' ? suggestion(value, values) : ''}`;
  }
  if (issue.code === 'invalid_type') return `must be ${kinds[issue.expected] ?? issue.expected}`;
  return issue.message;
}

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys',
  record: 'a mapping of keys',
};
