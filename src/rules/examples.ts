import { unknownFacts } from '../facts/schema.js';
import type { Subject, SubjectId } from '../facts/subjects.js';
import type { Finding } from '../model/finding.js';
import { UnknownFact } from './cel.js';
import { groupsOf, type Facts } from './facts.js';
import { makeFinding } from './run.js';
import type { Example, ExampleFacts, Rule } from './rule.js';

export interface ExampleOptions {
  /** Computes the facts of the group `statement` from SQL; without it examples in SQL are not run, and say so. */
  statementFacts?: (sql: string) => Facts[string] | Promise<Facts[string]>;
}

export interface ExampleResult {
  ruleId: string;
  file: string;
  /** Where the example's name stands; both start at 1. */
  line: number;
  column: number;
  /** A bad example must be found, a good one must not. */
  kind: 'bad' | 'good';
  name: string;
  outcome: 'passed' | 'failed' | 'not run';
  /** What the rule found, whether it should or not. */
  finding: Finding | null;
  /** Empty for a passed example; else why it is not, over several lines. */
  message: string;
}

/** Runs the examples of the rules, in the order of the files. */
export async function testRules(rules: readonly Rule[], options: ExampleOptions = {}): Promise<ExampleResult[]> {
  const results: ExampleResult[] = [];
  for (const rule of rules) {
    for (const kind of ['bad', 'good'] as const) {
      for (const example of rule.examples[kind]) results.push(await testExample(rule, kind, example, options));
    }
  }
  return results;
}

type Kind = ExampleResult['kind'];

async function testExample(rule: Rule, kind: Kind, example: Example, options: ExampleOptions): Promise<ExampleResult> {
  const { line, column, name } = example;
  const result = { ruleId: rule.id, file: rule.file, line, column, kind, name, finding: null };
  if (example.sql !== null && options.statementFacts === undefined) {
    return { ...result, outcome: 'not run', message: `${headline(rule, kind, example)} is written in SQL, and nothing here reads SQL` };
  }
  let facts: Facts;
  try {
    facts = await exampleFacts(rule, example, options);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { ...result, outcome: 'failed', message: `${headline(rule, kind, example)} cannot be run: ${cause}` };
  }
  const outcome = rule.predicate.evaluate(facts);
  const finding = outcome === true ? makeFinding(rule, exampleSubject(rule.subject, facts), facts) : null;
  if ((finding !== null) === (kind === 'bad')) return { ...result, outcome: 'passed', finding, message: '' };
  const happened = finding === null ? 'is not found' : `is found: ${finding.message}`;
  const message = `${headline(rule, kind, example)} ${happened}\n${conditions(rule, finding, facts).join('\n')}`;
  return { ...result, outcome: 'failed', finding, message };
}

function headline(rule: Rule, kind: Kind, example: Example): string {
  return `${rule.file}:${example.line}:${example.column} ${rule.id}: the ${kind} example '${example.name}'`;
}

/** The conditions that decided it, each with the facts that it read. */
function conditions(rule: Rule, finding: Finding | null, facts: Facts): string[] {
  return rule.predicate
    .explain(facts)
    .filter(({ outcome }) => finding !== null || outcome !== true)
    .flatMap(({ source, outcome, paths }) => {
      const word = outcome instanceof UnknownFact ? 'unknown' : outcome ? 'holds' : 'fails';
      return [`  ${word.padEnd(7)}  ${source}`, ...paths.map((path) => `             ${path} = ${shown(path, facts)}`)];
    });
}

function shown(path: string, facts: Facts): string {
  const [group = '', field = ''] = path.split('.');
  const value = facts[group]?.[field];
  return typeof value === 'number' && Number.isNaN(value) ? 'unknown' : JSON.stringify(value);
}

/** The facts of one situation, complete: what the example leaves open is unknown. Throws what reading its SQL throws. */
export async function exampleFacts(rule: Rule, example: Example, options: ExampleOptions = {}): Promise<Facts> {
  const computed = example.sql === null ? {} : await options.statementFacts?.(example.sql);
  const entries = Object.entries(groupsOf(rule.subject)).map(([group, schema]) => {
    const neutral = { ...unknownFacts(schema), ...(group in names && 'name' in schema ? { name: names[group] ?? '' } : {}) };
    const statement = group === 'statement' ? computed : {};
    return [group, { ...neutral, ...known(example.given[group]), ...statement, ...known(example.facts[group]) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Null makes a number unknown again that `given` gives. */
function known(facts: ExampleFacts[string] | undefined): Facts[string] {
  const entries = Object.entries(facts ?? {}).map(([name, value]) => [name, value ?? Number.NaN] as const);
  return Object.fromEntries(entries);
}

/** Who and what the examples speak of where they do not say. */
const names: Record<string, string> = {
  consumer: 'metabase card 118 Open cases',
  store: 'production',
  relation: 'app.case_file',
  role: 'metabase_ro',
  column: 'analytics.dim_customer.email',
  metric: 'open cases',
};

/** The fact by which a finding names what it is about, where that is no consumer; the first that an example has. */
const NAMED_BY = [
  ['relation', 'name'], ['exposure', 'column'], ['column', 'name'], ['movement', 'to'], ['declaration', 'name'], ['contract', 'name'], ['publication', 'relation'], ['migration', 'relation'], ['metric', 'name'],
  ['official', 'name'], ['restatement', 'name'], ['pipeline', 'name'], ['product', 'name'], ['history', 'name'], ['correction', 'relation'], ['design', 'name'], ['flow', 'name'],
] as const;

function exampleSubject(subject: SubjectId, facts: Facts): Subject {
  const text = (group: string, field: string) => {
    const value = facts[group]?.[field];
    return typeof value === 'string' ? value : '';
  };
  const owner = text('consumer', 'owner') || text('role', 'owner') || text('migration', 'owner');
  const role = text('role', 'name');
  return {
    subject,
    facts,
    locations: [],
    consumer: text('consumer', 'name') || (role === '' ? '' : `role ${role}`) || text('migration', 'name'),
    owner: owner === '' ? null : owner,
    store: text('store', 'name'),
    relation: NAMED_BY.map(([group, field]) => text(group, field)).find((name) => name !== '') ?? '',
  };
}
