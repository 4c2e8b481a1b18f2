import type { SyntaxNode } from '@lezer/common';
import type { Owner } from '../../model/query.js';
import { textOf } from '../code/program.js';
import { argumentsOf, dictionaryEntries } from '../code/python.js';
import type { ProgramScan } from '../code/scan.js';

/** What a program says of a DAG. */
export interface Dag {
  /** Null where the program makes the id as it runs. */
  id: string | null;
  description: string | null;
  schedule: string | null;
  owners: Owner[];
  /** Literal arguments that every task takes over: `postgres_conn_id`, `owner`. */
  defaults: ReadonlyMap<string, string>;
  params: ReadonlyMap<string, string>;
  searchPaths: string[];
  /** The stretch of the program whose tasks belong to it. */
  from: number;
  to: number;
  /** The variable that holds it; null for a context or a decorated function. */
  variable: string | null;
}

/** The DAGs that a program declares: `DAG(…)`, `with DAG(…):` and functions under `@dag`. */
export function dagsOf(scan: ProgramScan): Dag[] {
  const dags: Dag[] = [];
  scan.tree.iterate({
    enter: (cursor) => {
      if (cursor.name === 'CallExpression' && /(^|\.)DAG$/.test(textOf(cursor.node.firstChild, scan.source).slice(-20))) dags.push(declared(cursor.node, scan));
      if (cursor.name === 'Decorator' && /^@\s*(\w+\.)?dag\b/.test(scan.source.slice(cursor.from, cursor.from + 60))) dags.push(decorated(cursor.node, scan));
      return undefined;
    },
  });
  return dags;
}

function declared(call: SyntaxNode, scan: ProgramScan): Dag {
  const { positional, named } = argumentsOf(call, scan.source);
  const around = contextOf(call);
  const assigned = call.parent?.name === 'AssignStatement' ? textOf(call.parent.firstChild, scan.source) : null;
  const alias = around === null ? null : (/\bas\s+(\w+)\s*[:,)]/.exec(scan.source.slice(call.to, call.to + 80))?.[1] ?? null);
  const id = scan.evaluator.constant(named.get('dag_id') ?? positional[0]);
  return { ...described(named, scan), id, from: around?.from ?? call.from, to: around?.to ?? call.to, variable: assigned ?? alias };
}

function contextOf(call: SyntaxNode): SyntaxNode | null {
  for (let at = call.parent, climbed = 0; at !== null && climbed < 4; at = at.parent, climbed++) if (at.name === 'WithStatement') return at;
  return null;
}

function decorated(decorator: SyntaxNode, scan: ProgramScan): Dag {
  const { named, positional } = argumentsOf(decorator, scan.source);
  const statement = decorator.parent ?? decorator;
  const id = scan.evaluator.constant(named.get('dag_id') ?? positional[0]) ?? textOf(statement.getChild('FunctionDefinition')?.getChild('VariableName') ?? null, scan.source);
  return { ...described(named, scan), id: id === '' ? null : id, from: statement.from, to: statement.to, variable: null };
}

function described(named: ReadonlyMap<string, SyntaxNode>, scan: ProgramScan): Pick<Dag, 'description' | 'schedule' | 'owners' | 'defaults' | 'params' | 'searchPaths'> {
  const defaults = literals(named.get('default_args'), scan);
  const owners: Owner[] = [defaults.get('owner'), ...(defaults.get('email') ?? '').split('\n')]
    .filter((name) => name !== undefined && name !== '' && name !== 'airflow')
    .map((name) => ({ name: (name ?? '').slice(0, 200), via: 'owner-field' }));
  const schedule = named.get('schedule') ?? named.get('schedule_interval') ?? named.get('timetable');
  const paths = named.get('template_searchpath');
  return {
    description: scan.evaluator.constant(named.get('description')),
    schedule: scheduleOf(schedule, scan),
    owners,
    defaults,
    params: literals(named.get('params'), scan),
    searchPaths: paths === undefined ? [] : listOf(paths, scan),
  };
}

/** A literal as its text, a timetable or delta as the program writes it. */
function scheduleOf(node: SyntaxNode | undefined, scan: ProgramScan): string | null {
  if (node === undefined) return null;
  const shown = textOf(node, scan.source).replace(/\s+/g, ' ').slice(0, 120);
  return scan.evaluator.constant(node) ?? (shown === 'None' ? null : shown);
}

/** The entries of a dictionary, or of the call `dict(…)`, that are written down; lists of strings with a line each. */
function literals(node: SyntaxNode | undefined, scan: ProgramScan, depth = 0): Map<string, string> {
  const found = new Map<string, string>();
  if (node === undefined || depth > 4) return found;
  if (node.name === 'VariableName') {
    const [only] = scan.bindingsOf(textOf(node, scan.source), node);
    return literals(only?.value, scan, depth + 1);
  }
  const entries = node.name === 'DictionaryExpression' ? dictionaryEntries(node, scan.source) : node.name === 'CallExpression' ? [...argumentsOf(node, scan.source).named] : [];
  for (const [key, value] of entries) {
    const list = listOf(value.name === 'CallExpression' ? (argumentsOf(value, scan.source).positional[0] ?? value) : value, scan);
    if (list.length > 0) found.set(key, list.join('\n'));
    else if (value.name === 'Number') found.set(key, textOf(value, scan.source));
  }
  return found;
}

/** A string, or the strings of a list. */
export function listOf(node: SyntaxNode, scan: ProgramScan): string[] {
  if (node.name !== 'ArrayExpression' && node.name !== 'TupleExpression') {
    const text = scan.evaluator.constant(node);
    return text === null ? [] : [text];
  }
  const found: string[] = [];
  for (let child = node.firstChild; child !== null && found.length < 1_000; child = child.nextSibling) {
    const text = /^[A-Z]/.test(child.name) ? scan.evaluator.constant(child) : null;
    if (text !== null) found.push(text);
  }
  return found;
}
