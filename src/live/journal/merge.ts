import type { Sample } from '../../probes/index.js';

/** Two probes that end at once may be written in either order; nothing waits longer than this. */
const REORDER_SECONDS = 10;
const REORDER_SAMPLES_MAX = 5_000;

/** One run of samples that is almost in order of time, and from when on it may hold any. */
export interface Track {
  starts_at: number;
  open(): AsyncGenerator<Sample>;
}

/**
 * The samples of one track in order of time. Where its clock was set back by more than ten seconds they come late rather than not
 * at all.
 */
export async function* inOrder(samples: AsyncIterable<Sample>): AsyncGenerator<Sample> {
  const waiting: Sample[] = [];
  for await (const sample of samples) {
    let place = waiting.length;
    while (place > 0 && (waiting[place - 1]?.at ?? 0) > sample.at) place -= 1;
    waiting.splice(place, 0, sample);
    const newest = waiting.at(-1)?.at ?? 0;
    for (let first = waiting[0]; first !== undefined && (first.at < newest - REORDER_SECONDS || waiting.length > REORDER_SAMPLES_MAX); first = waiting[0]) {
      waiting.shift();
      yield first;
    }
  }
  yield* waiting;
}

interface Head {
  sample: Sample;
  rest: AsyncGenerator<Sample>;
}

/** Samples of all tracks in order of time. A track is opened when its time has come, so few files are open at once. */
export async function* merged(tracks: readonly Track[]): AsyncGenerator<Sample> {
  const closed = [...tracks].sort((a, b) => a.starts_at - b.starts_at);
  const heads: Head[] = [];
  const advance = async (rest: AsyncGenerator<Sample>): Promise<void> => {
    const next = await rest.next();
    if (next.done !== true) heads.push({ sample: next.value, rest });
  };
  try {
    for (;;) {
      let first = earliest(heads);
      for (let track = closed[0]; track !== undefined && (first === undefined || track.starts_at <= first.sample.at); track = closed[0]) {
        closed.shift();
        // One after another: which of them is needed next shows only when this one is open.
        // oxlint-disable-next-line no-await-in-loop
        await advance(inOrder(track.open()));
        first = earliest(heads);
      }
      if (first === undefined) return;
      yield first.sample;
      heads.splice(heads.indexOf(first), 1);
      // oxlint-disable-next-line no-await-in-loop
      await advance(first.rest);
    }
  } finally {
    await Promise.all(heads.map(({ rest }) => rest.return(undefined)));
  }
}

function earliest(heads: readonly Head[]): Head | undefined {
  return heads.reduce<Head | undefined>((best, head) => (best === undefined || head.sample.at < best.sample.at ? head : best), undefined);
}
