import type { Level } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { count } from '../text/quantity.js';
import { configurationPlace, gapPlace, type Place, shownPlace } from './parts/place.js';
import { ratchetLevel, toldOf } from './parts/told.js';
import { gapSentence, oneLine } from './parts/words.js';
import type { RenderOptions } from './index.js';

/** GitHub shows at most ten annotations of a level for each step. */
const SHOWN_MAX = 10;

const COMMANDS: Record<Level, Command> = { error: 'error', warning: 'warning', note: 'notice' };

type Command = 'error' | 'warning' | 'notice';

interface Annotation {
  command: Command;
  place: Place;
  title: string;
  text: string;
}

/**
 * Workflow commands that GitHub Actions shows beside the lines of a pull request: what could not be looked at first, then new findings
 * that nothing hides. Source: docs.github.com, "Workflow commands for GitHub Actions".
 */
export function render(report: Report, options: RenderOptions): string {
  const annotations = annotationsOf(report, options);
  const shown: Annotation[] = [];
  for (const command of ['error', 'warning', 'notice'] as const) {
    // One notice is kept for saying what was left out.
    shown.push(...annotations.filter((annotation) => annotation.command === command).slice(0, command === 'notice' ? SHOWN_MAX - 1 : SHOWN_MAX));
  }
  const more = annotations.length - shown.length;
  if (more > 0) {
    shown.push({ command: 'notice', place: configurationPlace(options), title: 'tidemark', text: `${count(more, 'more annotation')}: GitHub shows ${SHOWN_MAX} of a level; the step summary and the other reports hold them` });
  }
  return shown.map((annotation) => `${workflowCommand(annotation)}\n`).join('');
}

function annotationsOf(report: Report, options: RenderOptions): Annotation[] {
  const { gaps, fresh, ratchet } = toldOf(report);
  const configuration = configurationPlace(options);
  return [
    ...gaps.map((gap): Annotation => ({ command: 'error', place: gapPlace(gap, options), title: 'could-not-look', text: `${gapSentence(gap)}${gap.remedy === null ? '' : `\n${oneLine(gap.remedy)}`}` })),
    ...ratchet.map((text): Annotation => ({ command: COMMANDS[ratchetLevel(options)], place: configuration, title: 'ratchet', text: oneLine(text) })),
    ...fresh.map((finding): Annotation => ({ command: COMMANDS[finding.level], place: shownPlace(finding, options), title: oneLine(finding.ruleId, 100), text: `${oneLine(finding.message)}\n${oneLine(finding.fix)}` })),
  ];
}

function workflowCommand({ command, place, title, text }: Annotation): string {
  const properties = Object.entries({ file: place.path, line: place.line, col: place.column, title });
  return `::${command} ${properties.map(([name, value]) => `${name}=${escapedProperty(String(value))}`).join(',')}::${escapedData(text)}`;
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
