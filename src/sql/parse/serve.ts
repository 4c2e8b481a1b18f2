import { parentPort, workerData } from 'node:worker_threads';
import type { FrontEndId } from '../../model/syntax-tree.js';
import { dialectOf } from '../dialect.js';
import type { FrontEnd } from './front-end.js';
import { failure, oneLine } from './outcome.js';
import { type Answer, JOB, type Job, PHASE, Phase, type WorkerStart } from './worker-protocol.js';

export type Loaders = Partial<Record<FrontEndId, () => Promise<FrontEnd>>>;

/**
 * Answers the jobs of a `ParserPool`, one after another, in the thread of a worker. A front end is loaded when the first text
 * for it comes. A front end that throws has broken its module: the worker says so and does nothing more, and the pool ends it.
 *
 * @throws Error outside of a worker
 */
export function serve(loaders: Loaders): void {
  const port = parentPort;
  if (port === null) throw new Error('this is the program of a worker thread');
  const start: WorkerStart = workerData;
  const progress = new Int32Array(start.progress);
  const loaded = new Map<FrontEndId, FrontEnd | Error>();
  let broken = false;
  let last = Promise.resolve();

  // A module that breaks tells it to the console, which is that of the whole process.
  const silent = () => {};
  Object.assign(console, { log: silent, info: silent, warn: silent, error: silent, debug: silent, trace: silent });

  const answer = (message: Answer) => port.postMessage(message);
  const enter = (phase: number, job: number) => {
    Atomics.store(progress, JOB, job);
    Atomics.store(progress, PHASE, phase);
  };
  const load = async (id: FrontEndId): Promise<FrontEnd | Error> => {
    const known = loaded.get(id);
    if (known !== undefined) return known;
    let found: FrontEnd | Error;
    try {
      found = (await loaders[id]?.()) ?? new Error('no worker reads with it');
    } catch (error) {
      found = error instanceof Error ? error : new Error(String(error));
    }
    loaded.set(id, found);
    return found;
  };
  const work = async ({ id, frontEnd: name, dialect, text }: Job): Promise<void> => {
    if (broken) return;
    enter(Phase.Loading, id);
    const frontEnd = await load(name);
    const known = dialectOf(dialect);
    if (frontEnd instanceof Error || known === null) {
      const reason = frontEnd instanceof Error ? `could not be loaded: ${frontEnd.message}` : `does not know the dialect ${dialect}`;
      answer({ id, outcome: JSON.stringify(failure(oneLine(`${name} ${reason}`), 0)) });
      return enter(Phase.Idle, id);
    }
    enter(Phase.Reading, id);
    try {
      answer({ id, outcome: JSON.stringify(frontEnd.parse(text, known)) });
    } catch (error) {
      broken = true;
      answer({ id, gaveUp: error instanceof Error ? error.message : String(error) });
    }
    enter(Phase.Idle, id);
  };
  port.on('message', (job: Job) => {
    last = last.then(() => work(job));
  });
}
