import { AREAS, type Area } from '../../src/model/finding.js';
import { rulePage } from '../../src/rules/page.js';
import type { Rule } from '../../src/rules/rule.js';

/** What each area asks, in the words of the source articles. */
const AREA_WORDS: Record<Area, { title: string; asks: string }> = {
  workload: { title: 'Workload', asks: 'Which statements on the operational store are analytical, who sends them, and what do they take from it?' },
  drift: { title: 'Drift', asks: 'Do dashboards that claim one number define it in one way?' },
  coupling: { title: 'Coupling', asks: 'Who reads internal tables, so that no migration is safe, and which contract would set them free?' },
  privacy: { title: 'Privacy', asks: 'Where do personal data and secrets arrive, and what is left of them there?' },
  guardrail: { title: 'Guardrails', asks: 'What keeps a report from harming the application: limits, read-only sessions, separate roles?' },
  correctness: { title: 'Correctness', asks: 'Does the rigour of each consumer match its consequence, and can an official number be produced again?' },
  movement: { title: 'Movement', asks: 'Do changes arrive whole, once and in time, and does somebody see it when they do not?' },
  ownership: { title: 'Ownership', asks: 'Who answers for each contract, metric, mart and report?' },
};

/** `docs/rules/` as file name → text: an index, a page for each area, a page for each rule. */
export function rulePages(rules: readonly Rule[]): Map<string, string> {
  const pages = new Map([['README.md', indexPage(rules)]]);
  for (const area of AREAS) pages.set(`${area}.md`, areaPage(area, rules.filter((rule) => rule.area === area)));
  for (const rule of rules) pages.set(`${rule.area}/${rule.id}.md`, pageOfRule(rule));
  return pages;
}

function indexPage(rules: readonly Rule[]): string {
  return page([
    '# Rules',
    `tidemark has ${rules.length} rules in ${AREAS.length} areas. Each is a file of \`rules/\`, judged over facts, with examples that run as tests; [rules/README.md](../../rules/README.md) says how to write one. These pages are made from the files.`,
    table(['area', 'asks', 'rules'], AREAS.map((area) => [`[${AREA_WORDS[area].title}](${area}.md)`, AREA_WORDS[area].asks, String(rules.filter((rule) => rule.area === area).length)])),
  ]);
}

function areaPage(area: Area, rules: readonly Rule[]): string {
  const { title, asks } = AREA_WORDS[area];
  const rows = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((rule) => [`[${rule.id}](${area}/${rule.id}.md)`, rule.level, cell(rule.title), cell(rule.clause)]);
  return page([`# ${title}`, asks, table(['rule', 'level', 'finds', 'stands for'], rows), '[All areas](README.md)']);
}

function pageOfRule(rule: Rule): string {
  const { id, title, level, area, subject, why, clause, match, message, evidence, fix, facts, aliases, examples } = rulePage(rule);
  return page([
    `# ${id}`,
    `${title}.`,
    table(['', ''], [
      ['area', `[${area}](../${area}.md)`], ['level', `${level}; another one, or \`off\`, under \`rules:\` in tidemark.yaml ([configuration](../../configuration.md))`], ['judges', `each \`${subject}\``],
      ['stands for', cell(clause)], ...(aliases.length === 0 ? [] : [['former ids', aliases.map((alias) => `\`${alias}\``).join(', ')]]),
    ]),
    '## Why', why,
    '## When it speaks', fenced(match),
    ...(facts.length === 0 ? [] : [table(['fact', 'is'], facts.map(({ path, doc }) => [`\`${path}\``, cell(doc)]))]),
    '## What it says', message.map((text) => `- ${inline(text)}`).join('\n'),
    ...(evidence.length === 0 ? [] : ['With the evidence that is known of:', evidence.map((text) => `- ${inline(text)}`).join('\n')]),
    '## What to do', fix.length === 1 ? inline(fix[0] ?? '') : ['By what is known, the first of:', fix.map((text) => `1. ${inline(text)}`).join('\n')].join('\n\n'),
    '## Examples', ...(['bad', 'good'] as const).flatMap((kind) => [
      kind === 'bad' ? 'Found:' : 'Not found:',
      examples.filter((example) => example.kind === kind).map(({ name, sql }) => `- ${inline(name)}${sql === null ? '' : `\n\n${indented(fenced(sql.trim(), 'sql'))}`}`).join('\n'),
    ]),
    `What may stand for a while is written down with a reason: [docs/check.md](../../check.md). \`tidemark rules show ${id}\` prints this page.`,
  ]);
}

const page = (parts: readonly string[]): string => `${parts.join('\n\n')}\n`;
const cell = (text: string): string => inline(text).replaceAll('|', '\\|');
/** Names in braces and angles are meant as they stand. */
const inline = (text: string): string => text.replace(/([\\*_<>])/g, '\\$1');
const fenced = (text: string, language = ''): string => `\`\`\`${language}\n${text}\n\`\`\``;
const indented = (text: string): string => text.split('\n').map((line) => `  ${line}`).join('\n');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
