import { regions, type Span } from '../sql/lexer.js';
import { expandMacro, type MacroContext, type MacroEngine } from './grafana-macros.js';
import { constructs, Parentheses, type MacroNode, type VariableNode } from './grafana-scan.js';
import { builtInText, changesStatement, variableText, type GrafanaVariable } from './grafana-variables.js';
import { NESTING_MAX, TEXT_LENGTH_MAX, VARIANTS_MAX } from './limits.js';
import { mergeProblems, Notes, refuseLength, type Neutralised } from './result.js';
import { Rewriter } from './rewrite.js';
import { codeView, isPartOfRelation, isWholeStatement, slotOf, type CodeView, type Slot } from './slot.js';

export type { GrafanaVariable } from './grafana-variables.js';

export interface GrafanaContext {
  variables: ReadonlyMap<string, GrafanaVariable>;
  /** The type of the data source's plugin; default PostgreSQL. */
  dataSourceType?: string | null | undefined;
  /** The data source is set to use TimescaleDB, whose `time_bucket` replaces Grafana's arithmetic. */
  timescale: boolean;
  /** The text stands in a file of provisioning, where `$$` is a dollar: `$$__timeFilter(a)`. */
  escapedDollars?: boolean | undefined;
}

interface Choice {
  name: string;
  value: string;
}

/**
 * The texts that Grafana sends for a query: macros as the engine of the data source expands them, for a dashboard over one day, and variables with their stored
 * values. A variable that changes the statement itself gives one more text for each of its known values.
 */
export function neutraliseGrafana(text: string, context: GrafanaContext): Neutralised {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const template = new Template(text, context);
  const untouched = template.render(null);
  if (untouched === null) {
    const message = `the whole query is the variable ${text.trim().slice(0, 80)}, whose values are not in the export`;
    return { variants: [], problems: [{ code: 'unsupported', message }] };
  }
  const problems = [untouched.notes.problems];
  if (untouched.isTooLarge) return { variants: [], problems: mergeProblems(problems) };
  const variants = [{ label: 'default', sql: untouched.sql, map: untouched.map, assumptions: untouched.notes.assumptions }];
  const choices = [...untouched.varying].flatMap(([name, values]) => values.map((value) => ({ name, value })));
  let left = 0;
  for (const choice of choices) {
    const rendered = template.render(choice);
    if (rendered === null || rendered.isTooLarge || variants.some(({ sql }) => sql === rendered.sql)) continue;
    if (variants.length >= VARIANTS_MAX) {
      left++;
      continue;
    }
    const label = `${choice.name}=${choice.value}`.slice(0, 80);
    variants.push({ label, sql: rendered.sql, map: rendered.map, assumptions: rendered.notes.assumptions });
    problems.push(rendered.notes.problems);
  }
  if (left > 0) {
    problems.push([{ code: 'dynamic-relation', message: `${left} more values of its variables give other statements, which are not read` }]);
  }
  return { variants, problems: mergeProblems(problems) };
}

function engineOf(type: string): MacroEngine {
  if (/mysql|mariadb/.test(type)) return 'mysql';
  if (/mssql/.test(type)) return 'mssql';
  if (/clickhouse/.test(type)) return 'clickhouse';
  return /bigquery/.test(type) ? 'bigquery' : 'postgres';
}

interface Rendered {
  sql: string;
  map: ReturnType<Rewriter['finish']>['map'];
  notes: Notes;
  /** Variables whose other values would change the statement, with these values. */
  varying: Map<string, readonly string[]>;
  isTooLarge: boolean;
}

class Template {
  readonly view: CodeView;
  readonly parentheses: Parentheses;
  readonly engine: MacroEngine;

  constructor(
    readonly text: string,
    readonly context: GrafanaContext,
  ) {
    this.engine = engineOf(context.dataSourceType ?? '');
    // `$schema$table` are two variables, not the start of a dollar quote.
    const dollarQuotes = context.escapedDollars === true || [...context.variables.keys()].some((name) => text.includes(`$${name}$`)) ? 'none' : 'closed';
    this.view = codeView(text, regions(text, { dollarQuotes }));
    this.parentheses = new Parentheses(text, dollarQuotes);
  }

  /** Null where nothing but an unknown variable stands. */
  render(choice: Choice | null): Rendered | null {
    const rendering = new Rendering(this, choice);
    rendering.range({ start: 0, end: this.text.length }, 0);
    if (rendering.isUnknownWhole) return null;
    const { sql, map } = rendering.rewriter.finish();
    return { sql, map, notes: rendering.notes, varying: rendering.varying, isTooLarge: rendering.isTooLarge };
  }
}

class Rendering {
  readonly rewriter: Rewriter;
  readonly notes = new Notes();
  readonly varying = new Map<string, readonly string[]>();
  isUnknownWhole = false;
  /** Long lists of values, and macros that write their argument twice, may grow a text without end: then it is cut off. */
  isTooLarge = false;
  #written = 0;

  constructor(
    readonly template: Template,
    readonly choice: Choice | null,
  ) {
    this.rewriter = new Rewriter(template.text);
  }

  range(span: Span, depth: number): void {
    const { text, parentheses } = this.template;
    let at = span.start;
    for (const node of constructs(text, span, parentheses)) {
      if (node.end > span.end || this.isTooLarge) break;
      const isEscaped = this.template.context.escapedDollars === true && node.start > at && text.charAt(node.start - 1) === '$';
      const start = isEscaped ? node.start - 1 : node.start;
      this.#copy(at, start);
      at = node.end;
      if (node.kind === 'variable') this.#variable({ ...node, start });
      else this.#macro({ ...node, start }, depth);
    }
    this.#copy(at, span.end);
  }

  #fits(length: number): boolean {
    this.#written += length;
    if (this.#written <= 2 * TEXT_LENGTH_MAX) return true;
    this.isTooLarge = true;
    this.notes.problem('too-large', `with its macros and variables the SQL text grows beyond ${2 * TEXT_LENGTH_MAX} characters`);
    return false;
  }

  #copy(start: number, end: number): void {
    if (this.#fits(end - start)) this.rewriter.copy(start, end);
  }

  #generate(text: string, start: number, end: number): void {
    if (this.#fits(text.length)) this.rewriter.generate(text, start, end);
  }

  #macro(node: MacroNode, depth: number): void {
    const slot = slotOf(this.template.view, node.start, node.end);
    if (slot === 'comment') return this.#copy(node.start, node.end);
    if (depth >= NESTING_MAX) {
      this.notes.problem('unsupported', `macros nest deeper than ${NESTING_MAX}`);
      return this.#generate('NULL', node.start, node.end);
    }
    const context: MacroContext = {
      text: this.template.text,
      engine: this.template.engine,
      timescale: this.template.context.timescale,
      notes: this.notes,
      slot,
      generate: (text) => this.#generate(text, node.start, node.end),
      argument: (span) => this.range(span, depth + 1),
      plain: (span) => this.#plain(span),
    };
    expandMacro(node, context);
  }

  /** The text of an argument with its variables put in, as needed for a macro's interval. */
  #plain(span: Span): string {
    const inner = new Rendering(this.template, this.choice);
    inner.range(span, NESTING_MAX);
    return inner.rewriter.finish().sql.slice(0, 100) || this.template.text.slice(span.start, span.end);
  }

  #variable(node: VariableNode): void {
    const { name, format, start, end } = node;
    const { view, context } = this.template;
    const slot = slotOf(view, start, end);
    const builtIn = builtInText(name, format, slot);
    if (builtIn !== undefined) return this.#put(builtIn, start, end);
    const variable = context.variables.get(name);
    // Grafana leaves what is no variable as it stands, and in a string that is a dollar like any other.
    if (variable === undefined && slot.startsWith('in-') && slot !== 'in-list' && slot !== 'in-word') return this.#put(null, start, end);
    const chosen = this.choice?.name === name ? this.choice.value : undefined;
    const { text, known } = variableText(variable, name, format, slot, chosen);
    if (isWholeStatement(view, start, end) && !known) this.isUnknownWhole = true;
    if (variable !== undefined && variable.values.length > 1 && changesStatement(variable, format, slot)) {
      this.varying.set(name, variable.values);
    }
    if (!known) this.#explain(node, slot, variable, text);
    else if (slot !== 'comment') this.notes.assume(`$${name} has ${chosen === undefined ? 'its stored value' : 'one of its values'}`);
    this.#put(text, start, end);
  }

  #explain(node: VariableNode, slot: Slot, variable: GrafanaVariable | undefined, text: string | null): void {
    const { name } = node;
    if (variable === undefined) this.notes.problem('missing-reference', `$${name} is no variable of this dashboard`);
    if (slot === 'relation' || (slot === 'in-word' && isPartOfRelation(this.template.view, node.start))) {
      this.notes.problem('dynamic-relation', `$${name} names a relation that only the running dashboard knows`);
    }
    if (text !== null) this.notes.assume(`$${name} is ${text}`);
  }

  #put(text: string | null, start: number, end: number): void {
    if (text === null) this.#copy(start, end);
    else this.#generate(text, start, end);
  }
}
