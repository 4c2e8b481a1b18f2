import { PHASES } from '../../model/backlog.js';
import { markdownText } from '../../report/parts/markdown-text.js';
import type { PlanAnswer } from './answer.js';
import { hours, PHASE_WORDS } from './page.js';

/** The work as a list that can be ticked off. Texts from outside are escaped. */
export function planMarkdown({ takenAt, items }: PlanAnswer): string {
  const lines = ['# Plan', '', `By what was seen at ${takenAt}.`];
  for (const phase of PHASES) {
    const own = items.filter((item) => item.phase === phase);
    if (own.length === 0) continue;
    lines.push('', `## ${PHASE_WORDS[phase]}`, '');
    for (const { title, why, effort, gain, owner, command } of own) {
      lines.push(`- [ ] **${markdownText(title)}** (${markdownText(owner ?? 'no known owner')}; ${hours(effort.hours_min, effort.hours_max)}: ${markdownText(effort.reason)}; ${markdownText(gain)})`);
      lines.push(`  ${markdownText(why)}${command === null ? '' : ` Printed by \`${command.replaceAll('`', "'")}\`.`}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
