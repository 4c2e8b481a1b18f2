import { homedir } from 'node:os';
import type { Configuration } from '../../model/configuration.js';
import { openApplicationDatabase } from '../../stores/postgres/application-database.js';
import type { AuditCost, AuditOutcome } from './audit-run.js';

/** What the watch asks for; secrets are in the configuration, so it goes through the channel and not through arguments. */
export interface AuditRequest {
  configuration: Configuration;
  /** Where relative paths of sources start from. */
  directory: string;
  version: string;
}

// An audit takes seconds of CPU and hundreds of megabytes: in a process of its own the screen never waits for it, and the
// memory goes with it.
process.once('message', (request: AuditRequest) => {
  void answer(request).then((outcome) => {
    if (process.connected) process.send?.(outcome, undefined, undefined, () => process.exit(0));
    else process.exit(0);
  });
});
// The watch has ended, or gives it up: what is under way is undone (connections, copies of files), and then it ends too.
const ending = new AbortController();
process.once('disconnect', () => ending.abort(new Error('the watch has ended')));
// Ctrl-C reaches the whole group; the watch is who says.
process.on('SIGINT', () => undefined);

async function answer({ configuration, directory, version }: AuditRequest): Promise<AuditOutcome> {
  try {
    const [{ collectSnapshot }, { readSources }, { loadRules }, { auditWithJoin }, { auditAnswer }] = await Promise.all([
      import('../../snapshot/collect.js'),
      import('../../sources/reading/read.js'),
      import('../../rules/load.js'),
      import('../../audit.js'),
      import('./audit-answer.js'),
    ]);
    const context = { environment: process.env, homeDirectory: homedir(), signal: ending.signal };
    const read = await readSources(configuration.sources, {
      baseDirectory: directory, signal: ending.signal, openDatabase: (url) => openApplicationDatabase(url, 'the database of the tool', context),
    });
    const snapshot = await collectSnapshot({ configuration, read, environment: process.env, homeDirectory: homedir(), signal: ending.signal, lockFree: true });
    const cost_ms: AuditCost = Object.fromEntries(snapshot.stores.map(({ name, cost }) => [name, cost.elapsed_ms]));
    process.send?.({ cost_ms });
    const rules = await loadRules({ folders: configuration.ruleFolders });
    return { payload: auditAnswer(await auditWithJoin(snapshot, configuration, rules, version)), error: null };
  } catch (error) {
    return { payload: null, error: error instanceof Error ? error.message : String(error) };
  }
}
