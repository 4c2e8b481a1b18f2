import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateBadLines, evaluatePairs, figuresOf, type Judged } from '../../eval/metrics/pairs.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

/** Of those that can be decided. What nobody tunes on is decided less often, and has a floor of its own below what was last seen. */
const DECIDED_MIN: Readonly<Record<string, number>> = { tuning: 0.95, untouched: 0.9, 'second-sight': 0.92, 'held-out': 0.9 };
const TIMEOUT_MS = 240_000;

let server: TestServer;
let client: pg.Client;

beforeAll(async () => {
  server = await startServer(bundledServer());
  client = new pg.Client({ connectionString: server.url(), application_name: 'test' });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function show(part: string, judged: readonly Judged[], list: boolean): void {
  const f = figuresOf(judged);
  console.info(
    `metrics, pairs (${part}): ${f.pairs} pairs, ${f.wrong} wrong, decided ${percent(f.decided)}, of decidable ones ${percent(f.decidedOfDecidable)}, ` +
      `fine verdict ${percent(f.fine)}, rests on ${percent(f.rests)}, kind ${percent(f.kinds)}, cosmetic ${percent(f.cosmetic)}, ` +
      `median ${f.median_ms.toFixed(0)} ms, p95 ${f.p95_ms.toFixed(0)} ms, slowest ${f.slowest_ms.toFixed(0)} ms`,
  );
  if (!list) return;
  for (const { pair, line, wrong, fine, rests, kind } of judged) {
    if (wrong === null && fine && rests !== false && kind !== false) continue;
    const said = `${line?.verdict ?? 'nothing'}${line?.kind == null ? '' : ` (${line.kind})`}`;
    console.info(`  ${pair.id}: ${wrong === null ? '' : `WRONG ${wrong}; `}said ${said}, accepted ${pair.verdicts.join(' or ')}${pair.kinds.length === 0 ? '' : ` (${pair.kinds.join(' or ')})`}`);
  }
}

/** A part is judged here and all of them by `npm run eval -- metrics`: 853 pairs take four minutes of CPU time. */
const EVERY = 4;

describe.each([['tuning', true], ['untouched', false], ['second-sight', false], ['held-out', false]])('labelled pairs of %s', (part, list) => {
  it('has no wrong verdict and decides nearly all that can be decided', async () => {
    const judged = await evaluatePairs(part, client, EVERY);
    show(part, judged, list);
    const figures = figuresOf(judged);
    expect(judged.filter(({ wrong }) => wrong !== null).map(({ pair, wrong }) => (list ? `${pair.id}: ${String(wrong)}` : pair.id))).toEqual([]);
    expect(figures.decidedOfDecidable).toBeGreaterThanOrEqual(DECIDED_MIN[part] ?? 1);
  }, TIMEOUT_MS);
});

describe('lines that are no pairs', () => {
  it('are answered one by one, and nothing is claimed of them', async () => {
    const { lines, faults } = await evaluateBadLines();
    expect(lines).toBeGreaterThanOrEqual(10);
    expect(faults).toEqual([]);
  }, TIMEOUT_MS);
});
