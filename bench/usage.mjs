/** Loaded with --import into a measured process: writes what it used, when it ends, to the file named in the environment. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const file = process.env['TIDEMARK_BENCH_USAGE'];
  if (file) writeFileSync(file, JSON.stringify({ cpu_ms: (user + system) / 1000, memory_bytes: process.resourceUsage().maxRSS * 1024 }));
});
