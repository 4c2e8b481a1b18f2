import type { Impact } from '../model/impact-report.js';
import { ofReader } from './impact.js';
import { type Situation, wayTo } from './situation.js';

/** Readers whose role may no longer read what they name. */
export function privilegeImpacts(situation: Situation): Impact[] {
  const { input: { boundary }, touched, changes } = situation;
  return changes.flatMap((placed) => {
    const { change, original } = placed;
    if (change.kind !== 'privilege-revoked' || original.relation === null || !change.privileges.some((privilege) => /^(?:SELECT|ALL)\b/i.test(privilege))) return [];
    const relation = original.relation;
    const names = new Map(boundary.accesses.map(({ consumer }) => [consumer.name, consumer.role]));
    return touched.flatMap((reader) => {
      const role = names.get(reader.thing.name) ?? '';
      // A view reads with the rights of its owner.
      if (role !== change.grantee || !reader.part.resolution.direct.has(relation)) return [];
      return [ofReader(reader, 'breaks', placed, { through: wayTo(relation, reader, situation), sentence: `fails: role ${role} may no longer read ${relation}`, remedy: `grant it again, or move this reader to what ${role} may read`, confidence: 0.85 })];
    });
  });
}
