import type { Field, GroupSchema } from '../facts/schema.js';
import type { SubjectId } from '../facts/subjects.js';
import { suggestion } from '../text/nearest-name.js';
import { predicateLanguage, PredicateError, type Predicate } from './cel.js';
import { groupsOf } from './facts.js';
import { parseTemplate, TemplateError, type Template } from './message.js';
import type { RuleProblem } from './problem.js';
import { readRuleFile, type Path, type RuleSource } from './rule-source.js';
import type { Example, ExampleFacts, Measure, Rule, RuleFile } from './rule.js';

export type CompileResult = { rule: Rule; problems: readonly [] } | { rule: null; problems: readonly RuleProblem[] };

/**
 * Reads and checks the text of one rule file: form, predicate, holes, facts of the examples. Pure; never throws for what
 * the text holds, but gives every problem with its place. `file` is only a name; `plain` as in `readRuleFile`.
 */
export function compileRule(text: string, file: string, plain?: unknown): CompileResult {
  const { source, data, problems: formProblems } = readRuleFile(text, file, plain);
  if (data === null) return { rule: null, problems: formProblems };
  const compiler = new Compiler(source, data);
  const rule = compiler.rule();
  return compiler.problems.length > 0 ? { rule: null, problems: compiler.problems } : { rule, problems: [] };
}

/** Goes on after a problem, so that one run shows them all. */
class Compiler {
  readonly problems: RuleProblem[] = [];
  private readonly source: RuleSource;
  private readonly data: RuleFile;
  private readonly groups: Record<string, GroupSchema>;

  constructor(source: RuleSource, data: RuleFile) {
    this.source = source;
    this.data = data;
    this.groups = groupsOf(data.subject);
  }

  rule(): Rule {
    const { data } = this;
    this.refuseHoles(['why'], data.why);
    this.refuseHoles(['title'], data.title);
    return {
      file: this.source.file,
      id: data.id,
      title: data.title,
      level: data.level,
      area: data.area,
      subject: data.subject,
      predicate: this.predicate(),
      message: this.wordings('message', data.message),
      evidence: data.evidence.map((text, index) => this.template(['evidence', index], text)),
      why: oneLine(data.why),
      fix: this.wordings('fix', data.fix),
      clause: oneLine(data.clause),
      confidence: this.measure('confidence', data.confidence),
      weight: this.measure('weight', data.weight),
      aliases: data.aliases,
      tally: data.tally,
      examples: { bad: this.examples('bad'), good: this.examples('good') },
    };
  }

  private predicate(): Predicate {
    const { match, subject } = this.data;
    try {
      return language(subject)(match);
    } catch (error) {
      if (!(error instanceof PredicateError)) throw error;
      this.problems.push(this.source.problem(['match'], `match: ${error.message}`, error.start, error.end));
      return language(subject)('false');
    }
  }

  private wordings(key: 'message' | 'fix', texts: string | string[]): Template[] {
    if (typeof texts === 'string') return [this.template([key], texts)];
    return texts.map((text, index) => this.template([key, index], text));
  }

  private template(path: Path, text: string): Template {
    try {
      return parseTemplate(text, this.groups);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      this.problems.push(this.source.problem(path, `${path[0]}: ${error.message}`, error.start, error.end));
      return { source: text, parts: [] };
    }
  }

  /** A brace in a text without holes is a hole in the wrong place. */
  private refuseHoles(path: Path, text: string): void {
    const at = text.indexOf('{');
    if (at === -1) return;
    const end = text.indexOf('}', at);
    const message = `${path[0]} is the same for every finding; holes stand in message, evidence and fix`;
    this.problems.push(this.source.problem(path, message, at, end === -1 ? at + 1 : end + 1));
  }

  private measure(key: 'confidence' | 'weight', measure: number | string): Measure {
    if (typeof measure === 'number') return measure;
    const [group = '', name = ''] = measure.split('.');
    const field = this.field([key], group, name);
    if (field !== null && field.type !== 'number') {
      this.problems.push(this.source.problem([key], `${key}: must be a number, and ${measure} is a ${field.type}`));
    }
    return { group, field: name, share: field?.unit === 'share' };
  }

  private field(path: Path, group: string, name: string): Field | null {
    const schema = Object.hasOwn(this.groups, group) ? this.groups[group] : undefined;
    const field = schema !== undefined && Object.hasOwn(schema, name) ? schema[name] : undefined;
    if (field !== undefined) return field;
    const hint = schema === undefined ? suggestion(group, Object.keys(this.groups)) : suggestion(name, Object.keys(schema));
    this.problems.push(this.source.problem(path, `unknown fact '${group}.${name}'${hint}`));
    return null;
  }

  private examples(kind: 'bad' | 'good'): Example[] {
    const { given } = this.data.examples;
    if (kind === 'bad') this.checkFacts(['examples', 'given'], given);
    return this.data.examples[kind].map(({ name, facts, sql }, index) => {
      const path = ['examples', kind, index];
      this.checkFacts([...path, 'facts'], facts);
      if (sql !== null && !Object.hasOwn(this.groups, 'statement')) {
        const message = `sql gives facts of a statement, and rules about a ${this.data.subject} see none`;
        this.problems.push(this.source.keyProblem([...path, 'sql'], message));
      }
      // Only who tests the examples asks where they stand.
      const place = (): { line: number; column: number } => this.source.place([...path, 'name']);
      return {
        name, given, sql, facts,
        get line() {
          return place().line;
        },
        get column() {
          return place().column;
        },
      };
    });
  }

  private checkFacts(path: Path, facts: ExampleFacts): void {
    for (const [group, values] of Object.entries(facts)) {
      const schema = Object.hasOwn(this.groups, group) ? this.groups[group] : undefined;
      if (schema === undefined) {
        const names = Object.keys(this.groups);
        const hint = suggestion(group, names) || `; this rule sees ${names.join(', ')}`;
        this.problems.push(this.source.keyProblem([...path, group], `unknown group of facts '${group}'${hint}`));
        continue;
      }
      for (const [name, value] of Object.entries(values)) this.checkFact([...path, group, name], schema, value);
    }
  }

  private checkFact(path: Path, schema: GroupSchema, value: ExampleFacts[string][string]): void {
    const [group, name] = [String(path.at(-2)), String(path.at(-1))];
    const field = Object.hasOwn(schema, name) ? schema[name] : undefined;
    if (field === undefined) {
      const hint = suggestion(name, Object.keys(schema));
      this.problems.push(this.source.keyProblem(path, `unknown fact '${group}.${name}'${hint}`));
    } else if (value === null) {
      if (field.type === 'number') return;
      const empty = { string: 'an empty text', bool: 'false', list: 'an empty list' }[field.type];
      this.problems.push(this.source.problem(path, `only a number can be unknown; write ${empty} for ${group}.${name}`));
    } else if (typeOf(value) !== field.type) {
      this.problems.push(this.source.problem(path, `${group}.${name} is a ${field.type}, not a ${typeOf(value)}`));
    }
  }
}

function typeOf(value: string | boolean | number | string[]): Field['type'] {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? 'number' : 'list';
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

const languages = new Map<SubjectId, (source: string) => Predicate>();

function language(subject: SubjectId): (source: string) => Predicate {
  const known = languages.get(subject);
  if (known !== undefined) return known;
  const made = predicateLanguage(groupsOf(subject));
  languages.set(subject, made);
  return made;
}
