/** The configuration takes names with exactly one point. */
export function splitRelation(relation: string): { schema: string; name: string } {
  const point = relation.indexOf('.');
  return { schema: relation.slice(0, point), name: relation.slice(point + 1) };
}
