import { randomBytes } from 'node:crypto';
import type { StoreConfiguration } from '../../model/configuration.js';
import { type PassHost, ProcessMemory } from '../../live/passes.js';
import type { CommandContext } from '../command.js';
import { PairFiles } from '../reconcile/memory.js';
import { replicasOf, Sessions } from '../reconcile/sessions.js';
import { toolVersion } from '../version.js';

/**
 * What passes over keys need: their memory in the state folder that `tidemark reconcile` uses too, so that both go on from each other and
 * never work on one pair at once. Where the folder cannot be used, the memory ends with the process.
 *
 * @param folder null keeps nothing on disk
 */
export function passHost({ host }: CommandContext, stores: readonly StoreConfiguration[], folder: string | null): Omit<PassHost, 'onKeys'> {
  const files = folder === null ? null : new PairFiles(folder, `tidemark ${toolVersion()}`);
  const inProcess = new ProcessMemory();
  const ownSecret = randomBytes(32);
  const replicas = new Map<string, string | null>();
  return {
    secret: async () => (await files?.secret().catch(() => null)) ?? ownSecret,
    hold: async (pair) => {
      const held = await files?.hold(pair).catch(() => null);
      if (held === null || held === undefined) return inProcess.hold(pair);
      if ('heldBy' in held) return held;
      return { memory: { load: () => held.load(), save: (_, memory) => held.save(memory) }, release: () => held.release() };
    },
    replicaOf: async (store, signal) => {
      const known = replicas.get(store);
      if (known !== undefined) return known;
      if (!stores.some(({ role, engine }) => role === 'replica' && engine === 'postgres')) return null;
      const sessions = new Sessions(stores, { environment: host.environment, homeDirectory: host.homeDirectory, signal, lockFree: true });
      try {
        const { of, notes } = await replicasOf(new Set([store]), stores, sessions, signal);
        const replica = of.get(store) ?? null;
        // What could not be opened now may be there at the next pass.
        if (replica !== null || notes.length === 0) replicas.set(store, replica);
        return replica;
      } finally {
        await sessions.close();
      }
    },
  };
}
