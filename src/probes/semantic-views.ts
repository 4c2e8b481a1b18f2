import { z } from 'zod';
import type { EpochSeconds } from '../model/live.js';
import { DeadlineExceeded } from '../stores/live.js';
import { PermissionGap } from '../stores/store.js';
import { plainText } from '../text/plain-text.js';
import { hasTexts } from './engines.js';
import type { ProbeInput, ProbeTarget, StoreProbe } from './probe.js';
import { grantFor, isCircumstance, messageWithoutValues, rethrowFatal } from './warehouse/error.js';
import { estimatedCost } from './warehouse/guard.js';
import { keyOf, quotedRelation, type RelationName } from './warehouse/name.js';
import { sqlOf } from './warehouse/sql.js';
import { isAnalytical, productsIn, relationIn } from './warehouse/target.js';
import { zoneOfSchema } from './warehouse/zone.js';

export const payload = z.object({
  as_of: z.number().nullable(),
  views: z.array(
    z.object({
      view: z.string(),
      runs: z.boolean(),
      /** The server's message with literals masked; null when it runs. */
      error: z.string().nullable(),
      /** `ran`: it gave its first row; `bound`: its names and types fit, and running it was too costly this time. */
      depth: z.enum(['ran', 'bound']).optional(),
    }),
  ),
  /** Views that could not be looked at, with the reason: nothing is said of them. */
  unread: z.array(z.object({ view: z.string(), reason: z.string() })).optional(),
});
export type SemanticViewsPayload = z.output<typeof payload>;

const VIEWS_MAX = 100;
/** Within what the scheduler allows. */
const ROUND_MS = 8_500;
const VIEW_DEADLINE_MS = 2_000;
const BIND_DEADLINE_MS = 1_000;
/** A view that takes long runs seldom: at most one part in so many of the time. */
const REST = 100;
/** In the planner's units, about half a second: more than this is not run to see whether it runs. */
const RUN_COST_MAX = 40_000;

const row = z.object({ n: z.number() });

/** When a view may be run again, and whether it failed when it last ran. */
interface Memory {
  not_before: EpochSeconds;
  failed: boolean;
}

/**
 * Whether the views that dashboards read still run: those in semantic, secure and contract schemas of the warehouse, and those
 * that data products name. Each is bound every time, and run for its first row as often as its cost allows. No value leaves the
 * engine: the answer is only that there was a row.
 */
export const probe: StoreProbe<SemanticViewsPayload> = {
  kind: 'store',
  id: 'semantic-views',
  pace_seconds: 60,
  deadline_ms: 10_000,
  weight: 'heavy',
  payload,
  applies: (target) => hasTexts(target) && viewsIn(target).length > 0,
  create: (target) => {
    const views = viewsIn(target);
    const memories = new Map<RelationName, Memory>();
    return (input) => look(views, memories, input);
  },
};

function viewsIn(target: ProbeTarget): RelationName[] {
  const named = productsIn(target).flatMap(({ relation }) => (relation === null ? [] : [relationIn(target.catalog, relation)]));
  const byZone = isAnalytical(target) ? (target.catalog?.relations ?? []).filter(({ schema }) => ['semantic', 'secure', 'contract'].includes(zoneOfSchema(schema))) : [];
  const views = [...named, ...byZone].filter((relation) => relation?.kind === 'view' || relation?.kind === 'materialized_view').filter((relation) => relation !== undefined);
  return [...new Set(views)].slice(0, VIEWS_MAX);
}

type View = SemanticViewsPayload['views'][number];

async function look(views: readonly RelationName[], memories: Map<RelationName, Memory>, input: ProbeInput): Promise<SemanticViewsPayload> {
  const started = input.now();
  const answers = new Map<RelationName, View>();
  const unread = new Map<RelationName, string>();
  let refused: PermissionGap | null = null;
  // What failed comes first: only running it again shows that it has been mended.
  const order = [...views].sort((a, b) => Number(memories.get(b)?.failed ?? false) - Number(memories.get(a)?.failed ?? false));
  for (const view of order) {
    const left_ms = ROUND_MS - (input.now() - started) * 1000;
    if (left_ms < BIND_DEADLINE_MS) {
      unread.set(view, 'there was no time for it in this round');
      continue;
    }
    input.signal.throwIfAborted();
    try {
      answers.set(view, await lookAt(view, memories, Math.min(left_ms, VIEW_DEADLINE_MS), input));
    } catch (error) {
      rethrowFatal(error, input.signal);
      if (error instanceof PermissionGap) {
        refused ??= error;
        unread.set(view, `${messageWithoutValues(error)}; ${grantFor(error, view, input.session.identity().role) ?? ''}`);
      } else if (isCircumstance(error)) {
        unread.set(view, error instanceof DeadlineExceeded ? 'it gave no answer within its time' : messageWithoutValues(error));
      } else {
        memories.set(view, { not_before: 0, failed: true });
        answers.set(view, { view: keyOf(view), runs: false, error: messageWithoutValues(error) });
      }
    }
  }
  if (answers.size === 0 && refused !== null) throw refused;
  return {
    as_of: input.session.asOf(),
    views: views.flatMap((view) => answers.get(view) ?? []),
    ...(unread.size > 0 ? { unread: [...unread].map(([view, reason]) => ({ view: keyOf(view), reason: plainText(reason, 400) })) } : {}),
  };
}

/** @throws what the server answers where the view does not bind or run. */
async function lookAt(view: RelationName, memories: Map<RelationName, Memory>, deadline_ms: number, { session, now }: ProbeInput): Promise<View> {
  const name = keyOf(view);
  const relation = quotedRelation(view);
  const bound: View = { view: name, runs: true, error: null, depth: 'bound' };
  const run = sqlOf(session, 'semantic_view', { relation });
  if (session.engine === 'postgres') {
    if ((await estimatedCost(session, run, { deadline_ms: BIND_DEADLINE_MS })) > RUN_COST_MAX) return bound;
  } else await session.query(row, sqlOf(session, 'semantic_view_bind', { relation }), { deadline_ms: BIND_DEADLINE_MS });
  const memory = memories.get(view);
  const started = now();
  if (memory !== undefined && !memory.failed && started < memory.not_before) return bound;
  try {
    await session.query(row, run, { deadline_ms });
    memories.set(view, { not_before: started + (now() - started) * REST, failed: false });
    return { ...bound, depth: 'ran' };
  } catch (error) {
    if (!isCircumstance(error) || memory?.failed === true) throw error;
    // That it takes longer than this says nothing against it, nor for it.
    memories.set(view, { not_before: started + (deadline_ms / 1000) * REST, failed: false });
    return bound;
  }
}
