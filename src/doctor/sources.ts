import type { Gap, SourceSummary } from '../model/snapshot.js';
import { plainText } from '../text/plain-text.js';
import { count } from '../text/quantity.js';
import { notAvailable, ok, warning, type Check, type Examined } from './check.js';
import { step } from './remedy.js';

/** What reading one source gave. */
export interface SourceReading {
  /** The path or address, as configured. */
  name: string;
  tool: string | null;
  isRemote: boolean;
  summary: SourceSummary | null;
  /** Queries of which a part could not be read, and the commonest reason. */
  problems: number;
  example: string | null;
  gaps: readonly Gap[];
}

/** What reading a source gave, in lines. */
export function sourceExamined(reading: SourceReading): Examined {
  const { name, tool, isRemote } = reading;
  const kind = isRemote ? 'asked itself' : 'files';
  return { kind: 'source', name: plainText(name), description: tool === null ? kind : `${tool}, ${kind}`, engine: null, role: null, checks: checksOf(reading), cost: null, roleSql: null };
}

function checksOf({ summary, gaps, problems, example, isRemote }: SourceReading): Check[] {
  const blind = gaps.filter(({ severity }) => severity === 'blind');
  const partial = gaps.filter(({ severity }) => severity === 'partial');
  const id = isRemote ? 'tool' : 'files';
  const gone = blind.map((gap) => notAvailable(id, id, gap.cause, gap.missing, remedy(gap)));
  if (gone.length > 0 || summary === null) return gone.length > 0 ? gone : [notAvailable(id, id, 'it could not be read', 'every query in it', null)];
  const number = Object.values(summary.queries).reduce((sum, queries) => sum + queries, 0);
  const tools = Object.entries(summary.queries).toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([tool, queries]) => `${tool} ${queries}`).join(', ');
  const answered = isRemote ? `it answers and lets us in: ${count(summary.files, 'answer')}` : count(summary.files, 'file');
  const ignored = summary.ignored === 0 ? '' : `, ${count(summary.ignored, 'file')} no tool knows`;
  const seen = `${answered}${ignored}, ${count(number, 'query', 'queries')}${tools === '' ? '' : ` (${tools})`}`;
  return [
    number > 0 ? ok(id, id, seen) : warning(id, id, seen, 'what its dashboards ask', step('Name the folder of the export itself, or the tool in tidemark.yaml.')),
    ...partial.slice(0, PARTIAL_MAX).map((gap) => warning('part', 'part', `${gap.subject}: ${gap.cause}`, gap.missing, remedy(gap))),
    ...(partial.length > PARTIAL_MAX ? [warning('part', 'part', `and ${count(partial.length - PARTIAL_MAX, 'more file')} that could not be read`, 'the queries in them', step('tidemark sources lists them.'))] : []),
    ...(problems > 0 ? [warning('queries', 'queries', `${count(problems, 'query has', 'queries have')} problems${example === null ? '' : `, as in: ${example}`}`, 'relations that these queries read', step('tidemark sources lists each with its place.'))] : []),
  ];
}

/** More are the business of `tidemark sources`. */
const PARTIAL_MAX = 5;

function remedy({ remedy: text }: Gap): Check['remedy'] {
  return text === null ? null : step(text);
}
