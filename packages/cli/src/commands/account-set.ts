// Several things about one account at once; exactly what is named is changed.
import type { QuotaChange } from '@restante/site-api';
import { Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { passwordFor, type PasswordOptions, withPassword } from './account-password.ts';
import { countFrom, sizeFrom } from './account-quota.ts';
import { type SendLimitOptions, sendLimitsFrom, withSendLimits } from './account-send-limits.ts';
import { homeOfAddress } from './home-of.ts';

interface SetOptions extends PasswordOptions, SendLimitOptions {
  readonly quota?: string;
  readonly messages?: string;
  readonly state?: 'active' | 'suspended';
  readonly junk?: 'folder' | 'inbox';
  readonly filtering?: 'normal' | 'off';
}

export function setCommand(cli: Cli): Command {
  const command = new Command('set').description('change what is named').argument('<address>');
  return withSendLimits(withPassword(command))
    .option('--quota <size>', 'for example 2GiB, or "none" for the default of its site')
    .option('--messages <count>', 'as many messages at most, or "none"')
    .addOption(
      new Option('--state <state>', 'whether it gets mail').choices(['active', 'suspended']),
    )
    .addOption(
      new Option('--junk <where>', 'where mail goes that is likely spam').choices([
        'folder',
        'inbox',
      ]),
    )
    .addOption(
      new Option('--filtering <how>', 'whether its mail is judged by what it says').choices([
        'normal',
        'off',
      ]),
    )
    .action(async (text: string, options: SetOptions) => {
      const { quota, messages, state, junk, filtering } = options;
      const change: QuotaChange = {
        ...(quota !== undefined && { quotaBytes: quota === 'none' ? null : sizeFrom(quota) }),
        ...(messages !== undefined && {
          quotaMessages: messages === 'none' ? null : countFrom(messages),
        }),
      };
      const wish: Pick<SetOptions, 'junk' | 'filtering'> = {
        ...(junk !== undefined && { junk }),
        ...(filtering !== undefined && { filtering }),
      };
      const isQuotaNamed = Object.keys(change).length > 0;
      const isFilteringNamed = Object.keys(wish).length > 0;
      const sendLimits = sendLimitsFrom(options);
      const isPasswordNamed = options.passwordFile !== undefined || options.passwordStdin === true;
      const isSettingNamed = isQuotaNamed || isFilteringNamed || sendLimits !== undefined;
      if (!isSettingNamed && !isPasswordNamed && state === undefined)
        throw new CliError(
          'WRONG_USE',
          'Say what to change: --quota, --messages, --state, --daily-limit ...',
        );
      const { address, site } = await homeOfAddress(cli, text);
      const password = isPasswordNamed ? await passwordFor(cli, address, options) : undefined;
      const row = await cli.ask(site, async ({ accounts }) => {
        if (password !== undefined) await accounts.setPassword(address, password);
        if (isQuotaNamed) await accounts.setQuota(address, change);
        if (isFilteringNamed) await accounts.setFiltering(address, wish);
        if (sendLimits !== undefined) await accounts.setSendLimits(address, sendLimits);
        if (state !== undefined) await accounts.setState(address, state);
        return accounts.show(address);
      });
      cli.screen.json({ site: site.name, ...row });
      cli.screen.say(`${row.address}: done.`);
    });
}
