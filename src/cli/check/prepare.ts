import { configurationFromSnapshot, withStoresOf } from '../../config/defaults.js';
import type { CommandContext } from '../command.js';
import { configurationFile, readConfiguration } from '../configuration.js';
import { fromFile, type Prepared } from '../targets.js';
import { type GivenBundle, refuseOtherSystem } from './bundle.js';

/** The configuration of the file, which must be of the same system, or else what the bundle itself says. No secret is resolved. Throws UsageError and ConfigurationError. */
export async function preparedFor(context: CommandContext, bundle: GivenBundle): Promise<Prepared> {
  const file = await configurationFile(context);
  if (file === null) return { ...configurationFromSnapshot(bundle.snapshot), directory: context.host.directory, checkRuleIds: () => {} };
  const loaded = await readConfiguration(context, file, false);
  refuseOtherSystem(bundle, loaded.configuration);
  return { ...fromFile(loaded), ...withStoresOf(bundle.snapshot, loaded.configuration) };
}
