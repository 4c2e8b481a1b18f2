import type { Finding } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { gapFails, toldOf } from './parts/told.js';
import { firstOf, gapSentence, oneLine, suppressionSentence } from './parts/words.js';
import { htmlText } from './parts/html-text.js';
import type { RenderOptions } from './index.js';

/** What a person reads of one case; the JSON report holds everything. */
const LISTED_MAX = 10;

const RANK = { note: 0, warning: 1, error: 2 } as const;

interface Case {
  name: string;
  className: string;
  outcome: 'error' | 'failure' | 'skipped' | 'passed';
  type: string;
  message: string;
  detail: string;
}

/**
 * JUnit XML as Jenkins and GitLab read it: what could not be looked at is an error, a finding that fails the run a failure, one that is
 * hidden or known skipped, one below the level that fails a passed case with its text. Source: jenkinsci/xunit-plugin, junit-10.xsd.
 */
export function render(report: Report, options: RenderOptions): string {
  const cases = casesOf(report, options);
  const number = (outcome: Case['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  const counts = `tests="${cases.length}" failures="${number('failure')}" errors="${number('error')}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="tidemark" ${counts}>`,
    `  <testsuite name="${report.check === undefined ? 'tidemark audit' : 'tidemark check'}" ${counts} skipped="${number('skipped')}">`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function casesOf(report: Report, { failOn = 'error' }: RenderOptions): Case[] {
  const { gaps, ratchet, fresh, unchanged, hidden, knownGaps } = toldOf(report);
  const fails = ({ level }: Finding): boolean => failOn !== 'never' && RANK[level] >= RANK[failOn];
  const cases: Case[] = [
    ...gaps.map((gap): Case => ({ name: `could-not-look: ${oneLine(gap.missing, 300)}`, className: oneLine(gap.subject, 300), outcome: gapFails(report, gap) ? 'error' : 'passed', type: 'could-not-look', message: gapSentence(gap), detail: gap.remedy === null ? '' : oneLine(gap.remedy) })),
    ...ratchet.map((text): Case => ({ name: 'ratchet', className: 'tidemark', outcome: failOn === 'never' ? 'passed' : 'failure', type: 'ratchet', message: oneLine(text), detail: '' })),
    ...fresh.map((finding) => findingCase(finding, fails(finding) ? 'failure' : 'passed', oneLine(finding.message))),
    ...hidden.map((finding) => findingCase(finding, 'skipped', (finding.suppressions ?? []).map(suppressionSentence).join('; '))),
    ...unchanged.map((finding) => findingCase(finding, 'skipped', `unchanged: ${oneLine(finding.message)}`)),
    ...knownGaps.map((gap): Case => ({ name: `could-not-look: ${oneLine(gap.missing, 300)}`, className: oneLine(gap.subject, 300), outcome: 'skipped', type: 'could-not-look', message: `known: ${gapSentence(gap)}`, detail: '' })),
  ];
  // Readers take a suite without a case for one that did not run.
  return cases.length > 0 ? cases : [{ name: 'no findings', className: 'tidemark', outcome: 'passed', type: '', message: '', detail: '' }];
}

function findingCase(finding: Finding, outcome: Case['outcome'], message: string): Case {
  const { ruleId, consumer, relation, store, level, locations, evidence, fix } = finding;
  const places = firstOf(locations.map(({ file, line, column }) => `at ${oneLine(file, 300)}:${line}:${column}`), LISTED_MAX);
  return {
    name: [ruleId, relation === '' ? store : relation].filter((part) => part !== '').map((part) => oneLine(part, 200)).join(': '),
    className: oneLine(consumer === '' ? store || 'tidemark' : consumer, 300),
    outcome, type: level, message,
    detail: [...firstOf(evidence.map((text) => oneLine(text)), LISTED_MAX), `fix: ${oneLine(fix)}`, ...places].join('\n'),
  };
}

function caseLines({ name, className, outcome, type, message, detail }: Case): string[] {
  const head = `    <testcase name="${htmlText(name)}" classname="${htmlText(className)}"`;
  if (outcome === 'skipped') return [`${head}>`, `      <skipped message="${htmlText(message)}"/>`, '    </testcase>'];
  if (outcome !== 'passed') return [`${head}>`, `      <${outcome} type="${htmlText(type)}" message="${htmlText(message)}">${htmlText(detail)}</${outcome}>`, '    </testcase>'];
  if (type === '') return [`${head}/>`];
  return [`${head}>`, `      <system-out>${htmlText(`${type}: ${message}\n${detail}`)}</system-out>`, '    </testcase>'];
}
