import path from 'node:path';
import type { Command } from 'commander';
import { defaultThresholds } from '../../config/defaults.js';
import { suggestion } from '../../text/nearest-name.js';
import { count } from '../../text/quantity.js';
import { testRules, type ExampleResult } from '../../rules/examples.js';
import { listFacts, subjectIds, type FactPage } from '../../rules/facts.js';
import { bundledRulesFolder, loadRuleFile, loadRules } from '../../rules/load.js';
import { findRule, rulePage } from '../../rules/page.js';
import { AREAS } from '../../model/finding.js';
import type { Rule } from '../../rules/rule.js';
import { applyLevels } from '../../rules/run.js';
import { createPage, paragraph, type Page } from '../../report/layout/page.js';
import { sortedJson } from '../../report/layout/sorted-json.js';
import { twoColumns } from '../columns.js';
import type { Act, CommandContext } from '../command.js';
import { configurationFile, readConfiguration } from '../configuration.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { UsageError } from '../usage-error.js';

export function register(command: Command, act: Act): void {
  command
    .usage('[options] [show ID | test [FILE] | facts]')
    .argument('[name]')
    .action((name: string | undefined) => act((context) => (name === undefined ? list(context) : unknown(name))));
  command
    .command('show')
    .description('what a rule looks for, why, and what mends it')
    .argument('<id>')
    .action((id: string) => act((context) => show(context, id)));
  command
    .command('test')
    .description('run the examples of all rules, or of one file')
    .argument('[file]')
    .action((file: string | undefined) => act((context) => test(context, file)));
  command
    .command('facts')
    .description('what a rule can ask for, by subject')
    .action(() => act(facts));
}

function listed(page: Page, rule: Rule, width: number): string[] {
  const mark = page.level(rule.level);
  const first = `  ${mark.paint(`${mark.glyph} ${mark.word}`.padEnd(11))}${rule.id.padEnd(width)}`;
  return paragraph(page, rule.title, { first, columns: 13 + width });
}

function unknown(name: string): never {
  throw new UsageError(`there is no 'rules ${name}'${suggestion(name, ['show', 'test', 'facts'])}`, 'tidemark rules --help says what there is');
}

async function list(context: CommandContext): Promise<ExitCode> {
  const { rules, off } = await rulesInForce(context);
  if (wantsJson(context)) return printJson(context, rules.map(rulePage));
  const page = pageOf(context);
  const width = Math.max(...rules.map(({ id }) => id.length)) + 2;
  const lines = AREAS.flatMap((area) => {
    const own = rules.filter((rule) => rule.area === area);
    return own.length === 0 ? [] : [page.strong(area), ...own.flatMap((rule) => listed(page, rule, width)), ''];
  });
  lines.push(`${count(rules.length, 'rule')}${off > 0 ? `, and ${off} off by configuration` : ''}`);
  return printLines(context, lines);
}

async function show(context: CommandContext, id: string): Promise<ExitCode> {
  const { all } = await rulesInForce(context);
  const rule = findRule(all, id);
  if (rule === undefined) {
    throw new UsageError(`there is no rule '${id}'${suggestion(id, all.map((known) => known.id))}`, 'tidemark rules lists them');
  }
  const shown = rulePage(rule);
  if (wantsJson(context)) return printJson(context, shown);
  const page = pageOf(context);
  const mark = page.level(shown.level);
  const examples = (kind: 'bad' | 'good') => shown.examples.filter((example) => example.kind === kind).map(({ name }) => name);
  return printLines(context, [
    ...paragraph(page, shown.title, { first: `${page.strong(shown.id)}  `, columns: shown.id.length + 2 }),
    '',
    ...twoColumns(context.output, [
      { name: 'level', text: `${mark.glyph} ${mark.word}, ${shown.area}` },
      { name: 'why', text: shown.why },
      ...shown.fix.map((text) => ({ name: 'fix', text })),
      { name: 'clause', text: shown.clause },
      { name: 'about', text: shown.subject },
      { name: 'match', text: shown.match },
      ...shown.message.map((text) => ({ name: 'message', text })),
      ...shown.aliases.map((text) => ({ name: 'formerly', text })),
      { name: 'file', text: shown.file },
    ]),
    '',
    page.strong('Facts it reads'),
    ...factLines(context, shown.facts),
    '',
    page.strong('Found'),
    ...examples('bad').flatMap((text) => paragraph(page, text, { first: '  - ', columns: 4 })),
    page.strong('Not found'),
    ...examples('good').flatMap((text) => paragraph(page, text, { first: '  - ', columns: 4 })),
  ]);
}

async function test(context: CommandContext, file: string | undefined): Promise<ExitCode> {
  const rules = file === undefined ? (await rulesInForce(context)).all : [await loadRuleFile(path.resolve(context.host.directory, file))];
  const { exampleFacts } = await import('../../graph/example-facts.js');
  const statementFacts = await exampleFacts(path.join(bundledRulesFolder, 'example-schema.sql'), defaultThresholds);
  const results = await testRules(rules, { statementFacts });
  const failed = results.filter(({ outcome }) => outcome !== 'passed');
  if (wantsJson(context)) await printJson(context, results);
  else await printLines(context, testLines(context, results, failed, rules.length));
  return failed.length > 0 ? EXIT.findings : EXIT.clean;
}

function testLines(context: CommandContext, results: ExampleResult[], failed: ExampleResult[], rules: number): string[] {
  const page = pageOf(context);
  const lines = failed.flatMap(({ message }) => [
    ...message.split('\n').flatMap((line) => {
      const indent = /^ */.exec(line)?.[0] ?? '';
      return paragraph(page, line.trimStart(), { first: indent, columns: indent.length });
    }),
    '',
  ]);
  const passed = results.length - failed.length;
  return [...lines, `${count(rules, 'rule')}: ${count(passed, 'example')} passed, ${failed.length} failed`];
}

async function facts(context: CommandContext): Promise<ExitCode> {
  const bySubject = subjectIds.map((subject) => ({ subject, facts: listFacts(subject) }));
  if (wantsJson(context)) return printJson(context, bySubject);
  const page = pageOf(context);
  return printLines(context, [
    ...bySubject.flatMap(({ subject, facts: listed }) => [page.strong(subject), ...factLines(context, listed), '']),
    ...paragraph(page, 'A number that is not known makes every comparison with it unknown; an unknown text or list is empty.', { first: '', columns: 0 }),
  ]);
}

function factLines(context: CommandContext, listed: readonly FactPage[]): string[] {
  const rows = listed.map(({ path: name, type, unit, doc }) => ({ name, text: `${type}${unit === null ? '' : ` (${unit})`}: ${doc}` }));
  return twoColumns(context.output, rows, '  ');
}

/** The bundled rules and those of the configuration, if there is one, at the levels that it gives them. */
async function rulesInForce(context: CommandContext): Promise<{ rules: Rule[]; all: Rule[]; off: number }> {
  const file = await configurationFile(context);
  if (file === null) {
    const all = await loadRules({ folders: [] });
    return { rules: all, all, off: 0 };
  }
  const { configuration, checkRuleIds } = await readConfiguration(context, file, false);
  const all = await loadRules({ folders: configuration.ruleFolders });
  checkRuleIds(all.flatMap((rule) => [rule.id, ...rule.aliases]));
  const rules = applyLevels(all, configuration.rules);
  return { rules, all, off: all.length - rules.length };
}

function wantsJson({ options }: CommandContext): boolean {
  const [format = 'text', ...more] = options.format;
  if (more.length > 0 || (format !== 'text' && format !== 'json')) {
    throw new UsageError(`rules are printed as text or json, not as ${options.format.join(' and ')}`, 'give a file with -o');
  }
  return format === 'json';
}

function pageOf({ output }: CommandContext): Page {
  return createPage(output.columns(), output.colors());
}

async function printLines({ output }: CommandContext, lines: readonly string[]): Promise<ExitCode> {
  await output.printOrWrite(lines.map((line) => `${line.trimEnd()}\n`).join(''));
  return EXIT.clean;
}

async function printJson({ output }: CommandContext, value: unknown): Promise<ExitCode> {
  await output.printOrWrite(`${sortedJson(value, 2)}\n`);
  return EXIT.clean;
}
