import type { Finding } from '../../model/finding.js';
import { counted } from '../../report/layout/amounts.js';
import { findingGroups } from '../../report/layout/findings.js';
import { type Page, paragraph } from '../../report/layout/page.js';
import { nextCommands } from './next.js';

/** Findings whole, as a report with `--all` shows them, each group with what identifies it and what goes on from it. */
export function explainPage(page: Page, findings: readonly Finding[], targets: readonly string[]): string[] {
  const [first] = findings;
  const clauses = [...new Set(findings.map(({ clause }) => clause))];
  const commands = [...new Set(findings.flatMap((finding) => nextCommands(finding, targets)))];
  return [
    ...(findings.length === 1 ? [] : [page.strong(counted(findings.length, 'finding'))]),
    ...findingGroups(page, [...findings], true).slice(findings.length === 1 ? 1 : 0),
    '',
    ...clauses.flatMap((clause) => paragraph(page, clause, { first: page.faint('stands for  '), columns: 12 })),
    ...(first === undefined || findings.length > 1 ? [] : paragraph(page, first.partialFingerprints.boundary, { first: page.faint('fingerprint '), columns: 12 })),
    '',
    page.strong('Go on with'),
    ...commands.slice(0, COMMANDS_MAX).map((command) => `  ${command}`),
  ];
}

const COMMANDS_MAX = 6;
