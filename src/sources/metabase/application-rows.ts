/** Rows of the application database as answers of the API. */
export type Row = Record<string, unknown>;

/** Columns that hold JSON are text; null for what is none, or nests so deeply that it cannot be written again. */
export function json(text: unknown): unknown {
  if (typeof text !== 'string') return text ?? null;
  try {
    const value: unknown = JSON.parse(text);
    JSON.stringify(value);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

export function byOwner(rows: readonly Row[], key: string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const owner = String(row[key]);
    const group = groups.get(owner);
    if (group === undefined) groups.set(owner, [row]);
    else group.push(row);
  }
  return groups;
}

/** A card with what the log tells of it: how often and when it ran in the last 90 days where it does not count itself. */
export function cardAnswer(row: Row, execution: Row | undefined, view: Row | undefined, editor: unknown): Row {
  const hashes = execution?.['hashes'];
  return {
    ...row,
    dataset_query: json(row['dataset_query']),
    result_metadata: json(row['result_metadata']),
    view_count: row['view_count'] ?? view?.['views'] ?? execution?.['executions'] ?? null,
    last_used_at: latest([row['last_used_at'], view?.['last_view'], execution?.['last_run']]),
    ...(editor === undefined || editor === row['creator_id'] ? {} : { 'last-edit-info': { id: editor } }),
    ...(typeof hashes === 'string' && hashes !== '' ? { query_hashes: hashes.split(' ') } : {}),
  };
}

/** Moments in ISO 8601 and UTC sort as texts. */
function latest(moments: readonly unknown[]): string | null {
  return moments.filter((moment): moment is string => typeof moment === 'string').toSorted().at(-1) ?? null;
}

export function definitionAnswer(row: Row): Row {
  return { ...row, definition: json(row['definition']) };
}

/** What people ran without saving it, with how many there are: the statement has a limit. */
export function unsavedAnswers(rows: readonly Row[]): Row {
  return { unsaved_total: rows[0]?.['total'] ?? 0, data: rows.map(unsavedAnswer) };
}

function unsavedAnswer({ query_hash, creator_id, database_id, dataset_query, executions, last_run }: Row): Row {
  const name = `unsaved question ${String(query_hash).slice(0, 8)}`;
  return { query_hash, name, creator_id, database_id, dataset_query: json(dataset_query), view_count: executions, last_used_at: last_run };
}

/** One subscription or alert for each row, which is one of its channels. */
export function pulseAnswers(channels: readonly Row[], cards: readonly Row[]): Row[] {
  const cardsOf = byOwner(cards, 'pulse_id');
  return channels.map(({ id, archived, dashboard_id, ...channel }) => {
    const shown = (cardsOf.get(String(id)) ?? []).map(({ card_id, include_csv, include_xls }) => ({ id: card_id, include_csv, include_xls }));
    return { id, archived, dashboard_id, cards: shown, channels: [channel] };
  });
}

export function notificationAnswer({ active, payload_type, card_id, dashboard_id, type, cron_schedule }: Row, handlers: readonly Row[]): Row {
  return {
    active, payload_type, payload: { card_id, dashboard_id }, subscriptions: [{ type, cron_schedule }],
    handlers: handlers.map(({ channel_type, active: isActive }) => ({ channel_type, active: isActive })),
  };
}
