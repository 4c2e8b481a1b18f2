import type { Command } from 'commander';
import type { Act } from '../command.js';
import {
  addApproveOptions, addListOptions, addRecordOptions, addRevokeOptions, addVerifyOptions, type ApproveOptions, type ListOptions, type RecordOptions, type RevokeOptions, type VerifyOptions,
} from '../report-run/options.js';

export function register(command: Command, act: Act): void {
  command.usage('record|verify|approve|revoke|list [options]');
  addRecordOptions(command.command('record').description('run the query of an official report and keep all that made its result')).action((name: string, options: RecordOptions) =>
    act(async (context) => {
      const [{ asked }, { record }] = await Promise.all([import('../report-run/asked.js'), import('../report-run/record.js')]);
      return asked(context, () => record(context, name, options));
    }),
  );
  addVerifyOptions(command.command('verify').description('run it again as it was run, and compare')).action((run: string, options: VerifyOptions) =>
    act(async (context) => {
      const [{ asked }, { verify }] = await Promise.all([import('../report-run/asked.js'), import('../report-run/verify.js')]);
      return asked(context, () => verify(context, run, options));
    }),
  );
  addApproveOptions(command.command('approve').description('approve a run that succeeded, as somebody else than who ran it')).action((run: string, options: ApproveOptions) =>
    act(async (context) => {
      const [{ asked }, { approve }] = await Promise.all([import('../report-run/asked.js'), import('../report-run/decide.js')]);
      return asked(context, () => approve(context, run, options));
    }),
  );
  addRevokeOptions(command.command('revoke').description('revoke an approved run')).action((run: string, options: RevokeOptions) =>
    act(async (context) => {
      const [{ asked }, { revoke }] = await Promise.all([import('../report-run/asked.js'), import('../report-run/decide.js')]);
      return asked(context, () => revoke(context, run, options));
    }),
  );
  addListOptions(command.command('list').description('the runs that are kept, and whether their file holds together')).action((name: string | undefined, options: ListOptions) =>
    act(async (context) => {
      const [{ asked }, { list }] = await Promise.all([import('../report-run/asked.js'), import('../report-run/list.js')]);
      return asked(context, () => list(context, name ?? null, options));
    }),
  );
}
