import { Document, Scalar } from 'yaml';
import type { ColumnPair, PairWatermark } from '../../model/configuration.js';
import type { SuggestedPair } from '../../reconcile/pairs/suggest.js';
import { suggestPairs } from '../../reconcile/pairs/suggest.js';
import type { Gap } from '../../model/snapshot.js';
import { gapLines } from '../../report/layout/looked-at.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { plainText } from '../../text/plain-text.js';
import { count } from '../../text/quantity.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Form } from '../forms.js';
import { givenTargets, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { ReconcileOptions } from './options.js';

/** `tidemark reconcile --suggest`: pairs by what moves rows and by names, as text to paste into `tidemark.yaml`. */
export async function suggest(context: CommandContext, names: readonly string[], options: ReconcileOptions, forms: readonly Form[]): Promise<ExitCode> {
  if (names.length > 0) throw new UsageError('--suggest looks for pairs that have no name yet', 'leave the names out');
  const { lifetime, progress, redactor } = context;
  const prepared = await prepareLive(context, givenTargets(options));
  const { configuration } = prepared;
  const { takeSnapshot } = await import('../take-snapshot.js');
  const snapshot = await takeSnapshot(context, prepared);
  progress.stage('following what is loaded from where');
  const { privacyOf } = await import('../../audit.js');
  const { movements, report } = await privacyOf(snapshot, configuration, toolVersion(), { signal: lifetime.signal });
  const stores = snapshot.stores.map(({ name, role, engine, catalog }) => ({ name, role, engine, catalog }));
  const { pairs, gaps } = redactor.redactAll({ pairs: suggestPairs(stores, movements, configuration.live.reconcile), gaps: report.gaps.filter(({ severity }) => severity === 'blind') });
  progress.end();
  await writeAnswer(context, forms, {
    lines: (page) => suggestPage(page, pairs, gaps),
    json: () => ({ schemaVersion: 1, tool: { name: 'tidemark', version: toolVersion() }, takenAt: snapshot.takenAt, pairs, gaps }),
    records: () => [...pairs.map((pair) => ({ type: 'suggested-pair', ...pair })), ...gaps.map((gap) => ({ type: 'gap', ...gap }))],
  });
  return gaps.length > 0 ? EXIT.blind : EXIT.clean;
}

/** YAML with its reasons as comments; all of what is printed can be pasted. */
export function suggestPage(page: Page, pairs: readonly SuggestedPair[], gaps: readonly Gap[]): string[] {
  const missed = gapLines(page, gaps, true);
  if (pairs.length === 0) return [...paragraph(page, 'No pair was found that the configuration does not have: no load, publication or model moves rows between its stores, and no names are alike.', { first: '', columns: 0 }), ...(missed.length === 0 ? [] : ['', ...missed])];
  const comment = (text: string, indent = '  '): string[] => paragraph(page, text, { first: `${indent}# `, columns: indent.length + 2, paint: page.faint }).map((line, index) => (index === 0 ? line : `${indent}# ${line.slice(indent.length + 2)}`));
  return [
    ...comment(`${count(pairs.length, 'pair')} proposed; look at each before you keep it.`, ''),
    'reconcile:',
    ...pairs.flatMap((pair) => [
      ...comment(`${Math.round(pair.confidence * 100)} % sure: ${pair.reason}`),
      ...pair.missing.flatMap((text) => comment(`missing: ${text}`)),
      ...yamlOf(pair).map((line) => `  ${line}`),
    ]),
    ...missed.map((line) => `# ${line}`),
  ];
}

function yamlOf(pair: SuggestedPair): string[] {
  const document = new Document();
  const text = (name: string): Scalar => {
    const scalar = new Scalar(name);
    // Escaped, as a name that holds a line break or an escape sequence would not come back the same from a plain text.
    if (/\p{C}/u.test(name)) scalar.type = 'QUOTE_DOUBLE';
    return scalar;
  };
  const flow = (value: Record<string, Scalar>) => document.createNode(value, { flow: true });
  const side = ({ store, relation, time_column }: SuggestedPair['source']) => flow({ store: text(store), relation: text(relation), ...(time_column === null ? {} : { time_column: text(time_column) }) });
  const column = ({ source, target }: ColumnPair) => (source === target ? text(source) : flow({ source: text(source), target: text(target) }));
  const list = (columns: readonly ColumnPair[]) => document.createNode(columns.map(column), { flow: columns.every(({ source, target }) => source === target) });
  const watermark = ({ kind, source, target }: PairWatermark) => (source !== null && kind === 'time' && source === target ? text(source) : flow({ kind: text(kind), ...(source === null ? {} : { source: text(source) }), target: text(target) }));
  const renamed = pair.columns.some(({ source, target }) => source !== target);
  const compared = pair.columns.filter((one) => pair.key?.some(({ source }) => source === one.source) !== true);
  document.contents = document.createNode([
    {
      name: text(pair.name),
      source: side(pair.source),
      target: side(pair.target),
      ...(pair.key === null ? {} : { key: list(pair.key) }),
      // Columns of one name are found by themselves.
      ...(renamed && compared.length > 0 ? { columns: list(compared) } : {}),
      ...(pair.watermark === null ? {} : { watermark: watermark(pair.watermark) }),
    },
  ]);
  return document.toString({ lineWidth: 0 }).trimEnd().split('\n').map((line) => (/^ */.exec(line)?.[0] ?? '') + plainText(line, 4_000));
}
