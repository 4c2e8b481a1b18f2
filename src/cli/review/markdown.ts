import { type ChecklistAnswer, REVIEW_AREAS, type Review } from '../../model/review.js';
import { markdownText } from '../../report/parts/markdown-text.js';
import { gapSentence } from '../../report/parts/words.js';
import { count } from '../../text/quantity.js';
import { ANSWER_WORDS, BY_WORDS, freesInWords, momentInWords, REVIEW_AREA_WORDS, scoreInWords, spoken, workInWords } from './words.js';

const text = (raw: string, limit = 500): string => markdownText(raw, limit);

/** The whole review as Markdown, page one first. Every text is escaped: names come from dashboards and databases. Pure. */
export function reviewMarkdown(review: Review): string {
  const sections = [
    firstPage(review), difference(review), consumers(review), consequences(review), checklist(review), stabilisation(review), decisions(review), picture(review), findings(review), lookedAt(review),
  ];
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function firstPage({ title, takenAt, tool, verdict, score, firstThings }: Review): string[] {
  return [
    `# Boundary review: ${text(title)}`, '', `Looked at ${text(momentInWords(takenAt), 60)} by tidemark ${text(tool.version, 60)}.`, '',
    '## Verdict', '', `**${verdict.outcome}: ${text(verdict.sentence)}**`, '', ...verdict.points.map((point) => `- ${text(point)}`), '',
    `## Score: ${scoreInWords(score.total)}`, '', text(score.arithmetic), '',
    '| area | score | answered | how |', '| --- | ---: | ---: | --- |',
    ...score.areas.map((area) => `| ${REVIEW_AREA_WORDS[area.area]} | ${area.score ?? '–'} | ${area.answered} of ${area.questions} | ${text(area.arithmetic)} |`),
    ...(firstThings.length === 0 ? [] : ['', '## To do first', '', ...firstThings.flatMap((item, index) => [`${index + 1}. **${text(item.title)}** ${text(item.why)}`, `   ${text(workInWords(item))}${item.command === null ? '' : `: ${text(item.command)}`}`])]),
  ];
}

function difference({ difference: found }: Review): string[] {
  if (found === null) return [];
  const { since, sentence, areas, answers, consumers: changed } = found;
  const number = (score: number | null): string => (score === null ? '–' : String(score));
  return [
    `## Since ${text(since.slice(0, 10), 20)}`, '', text(sentence), '', '| area | before | now |', '| --- | ---: | ---: |', ...areas.map(({ area, before, after }) => `| ${REVIEW_AREA_WORDS[area]} | ${number(before)} | ${number(after)} |`),
    ...bullets('Answers that changed', answers.map(({ number: of, question, before, after }) => `Q${of} ${question}: ${ANSWER_WORDS[before]} → ${ANSWER_WORDS[after]}`)),
    ...bullets('Consumers that are new', changed.added), ...bullets('Consumers that are gone', changed.gone), ...bullets('Consumers that changed', changed.changed.map(({ name, what }) => `${name}: ${what}`)),
  ];
}

function bullets(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `**${text(title)}**`, '', ...lines.map((line) => `- ${text(line)}`)];
}

function consumers({ consumers: all }: Review): string[] {
  if (all.length === 0) return [];
  const said = (proposed: { value: string; via: string; confidence: number } | null): string => (proposed === null ? 'not known' : `${spoken(proposed.value)}${proposed.via === 'configured' ? '' : ` (proposed, ${Math.round(proposed.confidence * 100)} %)`}`);
  return [
    '## Consumers', '', '| consumer | owner | decision | needs | has | fit | reads | should move to | frees | missing controls |', '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...all.map((one) => {
      const missing = one.controls.filter(({ required, state }) => required && state !== 'present').map(({ control, state }) => `${spoken(control)}${state === 'unknown' ? ' (not known)' : ''}`);
      const target = one.target === null ? '' : `${spoken(one.target.pattern)}: ${one.target.reason}`;
      return `| ${[one.name, one.ownership.accountable ?? 'nobody known', said(one.decision), said(one.level), one.actualLevel === null ? 'none' : spoken(one.actualLevel), one.fit, one.current === null ? 'not known' : spoken(one.current), target, freesInWords(one.frees), missing.join(', ')].map((cell) => text(cell, 300)).join(' | ')} |`;
    }),
  ];
}

function consequences({ consequences: all = [] }: Review): string[] {
  if (all.length === 0) return [];
  return [
    '## If the data is wrong or old', '', '| consumer | if wrong | if old | who said so |', '| --- | --- | --- | --- |',
    ...all.map(({ consumer, ifWrong, ifStale, answeredBy, isStale }) => `| ${[consumer, ifWrong ?? 'not answered', ifStale ?? 'not answered', answeredBy === null ? '' : `${answeredBy.name}, ${answeredBy.on}${isStale ? ', too long ago' : ''}`].map((cell) => text(cell)).join(' | ')} |`),
  ];
}

function checklist({ checklist: all }: Review): string[] {
  return ['## Checklist', ...REVIEW_AREAS.flatMap((area) => ['', `### ${REVIEW_AREA_WORDS[area]}`, '', ...all.filter((one) => one.area === area).flatMap(question)])];
}

function question({ number, question: asked, answer, value, by, sentence, evidence, answeredBy }: ChecklistAnswer): string[] {
  const counts = value === null ? 'not counted' : `counts ${Math.round(value * 100) / 100}`;
  const who = [BY_WORDS[by], answeredBy === null ? '' : `${answeredBy.name}, ${answeredBy.on}`].filter((part) => part !== '').join(': ');
  return [`- **Q${number} ${text(asked)}** ${ANSWER_WORDS[answer]} (${[counts, ...(who === '' ? [] : [text(who)])].join('; ')})`, `  ${text(sentence)}`, ...evidence.map((line) => `  - ${text(line)}`)];
}

function stabilisation({ stabilisation: { steps, concepts, done, next } }: Review): string[] {
  const signs = { done: 'done', open: 'open', unknown: 'not known' } as const;
  return [
    '## Stabilisation', '', `${done} of ${steps.length} steps are taken for every concept. Next: ${text(next)}.`,
    ...(concepts.length === 0 ? [] : [
      '', `| concept | ${steps.map(({ number, title }) => `${number} ${title}`).join(' | ')} |`, `| --- | ${steps.map(() => '---').join(' | ')} |`,
      ...concepts.map(({ name, via, cells }) => `| ${text(name)} (${text(via)}) | ${cells.map(({ state, evidence }) => `${signs[state]}: ${text(evidence, 300)}`).join(' | ')} |`),
    ]),
  ];
}

function decisions({ decisions: all }: Review): string[] {
  if (all.length === 0) return [];
  return ['## Decision records', ...all.flatMap(({ id, title, status, context, decision, consequences: what, consumers: who }) => [
    '', `### ${text(id, 30)} ${text(title)}`, '', `Status: ${status}`, '', `Context: ${text(context, 1_000)}`, '', `Decision: ${text(decision, 1_000)}`, '', ...what.map((one) => `- ${text(one)}`), ...(who.length === 0 ? [] : ['', `Consumers: ${who.map((name) => text(name, 200)).join('; ')}`]),
  ])];
}

function picture({ picture: { stores, flows, leftOut } }: Review): string[] {
  if (stores.length === 0) return [];
  return [
    '## Stores and flows', '', '| store | engine | role | state | zones |', '| --- | --- | --- | --- | --- |',
    ...stores.map(({ name, engine, role, state, zones }) => `| ${text(name)} | ${text(engine)} | ${text(role)} | ${state} | ${text(zones.map(({ zone, relations, state: own }) => `${spoken(zone)} ${relations} (${own})`).join(', '))} |`),
    ...(flows.length === 0 ? [] : ['', '| from | to | what | state |', '| --- | --- | --- | --- |', ...flows.map(({ from, to, label, state }) => `| ${text(`${from.store} ${spoken(from.zone)}`)} | ${text('consumer' in to ? to.consumer : `${to.store} ${spoken(to.zone)}`)} | ${text(label)} | ${state} |`)]),
    ...(leftOut === null ? [] : ['', text(leftOut)]),
  ];
}

function findings({ findings: all }: Review): string[] {
  if (all.length === 0) return [];
  return [
    `## Findings (${all.length})`, '',
    ...all.flatMap(({ level, ruleId, message, owner, evidence, why, fix, clause }) => [
      `- **${level}** ${text(message)} (${text(ruleId, 100)}; ${owner === null ? 'no known owner' : text(owner, 100)})`, ...evidence.slice(0, 6).map((line) => `  - ${text(line)}`), `  - Why: ${text(why)} (${text(clause, 300)})`, `  - Fix: ${text(fix)}`,
    ]),
  ];
}

function lookedAt({ coverage, stores, gaps, assumptions, verdicts }: Review): string[] {
  const { statements, queries, relations } = coverage;
  return [
    '## What was looked at', '', `${count(statements.total, 'statement')} of the servers, ${statements.parsed} of them read in full; ${count(queries.total, 'query', 'queries')} of dashboards and code, ${queries.parsed} read in full; ${count(relations, 'relation')}.`, '',
    ...verdicts.map(({ area, outcome, sentence }) => `- ${area}: ${outcome}: ${text(sentence)}`),
    ...stores.map(({ name, engine, version, cost }) => `- ${text(name)} (${text(engine)} ${text(version, 60)}): the look took ${Math.round(cost.elapsed_ms)} ms in ${count(cost.queries, 'query', 'queries')}`),
    ...bullets('Could not be looked at, and is not known to be clean', gaps.map((gap) => `${gapSentence(gap)}${gap.remedy === null ? '' : ` → ${gap.remedy}`}`)),
    ...bullets('Assumptions', assumptions),
  ];
}
