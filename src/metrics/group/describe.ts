import type { Claim } from '../claim/claim.js';

/** What stands in a sentence; two names of this length leave room for the rest of a line. */
const LENGTH_MAX = 48;

/**
 * What each member is called in a sentence: `“Backlog”`, or the dashboard, file or tool where the title does not tell it apart. Each
 * name is as short as it can be while no other member has it.
 */
export function namesOf(members: readonly Claim[]): Map<Claim, string> {
  const ways: ((claim: Claim) => string | null)[] = [titleOf, fileOf, ({ input, container }) => input.declaration?.by ?? container, placeOf, ({ consumer }) => consumer];
  const counts = ways.map((way) => counted(members.flatMap((claim) => way(claim) ?? [])));
  return new Map(members.map((claim) => {
    const own = ways.map((way) => way(claim));
    const place = own.findIndex((name, index) => name !== null && name !== '' && counts[index]?.get(name) === 1);
    return [claim, shortened(own[place] ?? claim.consumer)] as const;
  }));
}

function titleOf({ oneOfSeveral, alias, title }: Claim): string {
  return `“${shortened(oneOfSeveral && alias !== null ? `${title}: ${alias}` : title)}”`;
}

/** `board.sql` of `warehouse-reports/board.sql Web orders`. */
function fileOf(claim: Claim): string | null {
  return /^\S+\/([^\s/]+\.[a-z0-9]{1,8})$/i.exec(placeOf(claim))?.[1] ?? null;
}

/** The consumer without the title behind it: `metabase card 101`. */
function placeOf({ consumer, title }: Claim): string {
  return (consumer.endsWith(title) ? consumer.slice(0, -title.length) : consumer).replace(/[\s/]+$/, '');
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function shortened(name: string): string {
  const letters = [...name];
  return letters.length <= LENGTH_MAX ? name : `${letters.slice(0, LENGTH_MAX - 1).join('').trimEnd()}…`;
}
