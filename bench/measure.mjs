import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const usage = fileURLToPath(new URL('usage.mjs', import.meta.url));

/**
 * CPU time (user and system, all threads) and peak memory of a Node process, the median of several runs: wall time says
 * little on a shared machine.
 */
export function measure(args, { runs = 5, expectedStatus = [0] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  const file = join(folder, 'usage.json');
  try {
    const results = Array.from({ length: runs + 1 }, () => {
      const run = spawnSync(process.execPath, ['--import', usage, ...args], {
        encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, env: { ...process.env, NO_COLOR: '1', TIDEMARK_BENCH_USAGE: file },
      });
      if (!expectedStatus.includes(run.status)) throw new Error(`node ${args.join(' ')} ended with ${run.status}: ${run.stderr}`);
      return JSON.parse(readFileSync(file, 'utf8'));
    }).slice(1);
    return { cpu_ms: median(results.map((result) => result.cpu_ms)), memory_bytes: Math.max(...results.map((result) => result.memory_bytes)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
