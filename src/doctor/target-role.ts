import type { StoreIdentity } from '../stores/store.js';

/** What the role is called where nothing better is known. */
export const ROLE_DEFAULT = 'tidemark_ro';

/**
 * The role that SQL is printed for: the one that was asked for, else the one that connected, where its name says that it is
 * tidemark's: a connection limit and time limits would harm whoever else works under another one.
 */
export function targetRole({ role, superuser }: Pick<StoreIdentity, 'role' | 'superuser'>, writes: boolean, wanted: string | null): string {
  return wanted ?? (role !== null && /tidemark/i.test(role) && !superuser && !writes ? role : ROLE_DEFAULT);
}
