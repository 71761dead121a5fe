// People of a Dovecot passwd-file: user:{SCHEME}hash:uid:gid:gecos:home:shell:extra fields. Pure.
//
// The quota comes from the extra fields: userdb_quota_rule=*:storage=1G or *:bytes=..., *:messages=..., and the names of
// Dovecot 2.4, userdb_quota_storage_size and userdb_quota_message_count.
import { accountLine, type AccountLine } from './account-lines.ts';

export interface PasswdFileOptions {
  /** For names without a domain. */
  readonly domain?: string;
  /** For passwords that do not say it; Dovecot's own default is CRYPT. */
  readonly scheme?: string;
}

export function readPasswdFile(
  text: string,
  options: PasswdFileOptions = {},
): readonly AccountLine[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((written, index) => ({ written, line: index + 1 }))
    .filter(({ written }) => written.trim() !== '' && !written.startsWith('#'))
    .map(({ written, line }) => lineOf(line, written, options));
}

function lineOf(
  line: number,
  written: string,
  { domain, scheme = 'CRYPT' }: PasswdFileOptions,
): AccountLine {
  const fields = written.split(':');
  const [user = '', secret = ''] = fields;
  if (!user.includes('@') && domain === undefined)
    return { line, problem: `${JSON.stringify(user)} has no domain; say --domain.` };
  if (secret === '') return { line, problem: `${JSON.stringify(user)} has no password.` };
  // The extra fields have colons of their own.
  const extra = fields
    .slice(7)
    .join(':')
    .split(/[\t ]+/);
  const hash = /^[{$]/.test(secret) ? secret : `{${scheme}}${secret}`;
  return accountLine(line, {
    address: user.includes('@') ? user : `${user}@${domain ?? ''}`,
    hash,
    ...quotaIn(extra),
  });
}

function quotaIn(extra: readonly string[]): {
  readonly quota?: string;
  readonly messages?: string;
} {
  let quota: string | undefined;
  let messages: string | undefined;
  for (const field of extra) {
    const [name, value] = splitAt(field, '=');
    if (name === 'userdb_quota_storage_size') quota = value;
    if (name === 'userdb_quota_message_count') messages = value;
    if (!/^userdb_quota_rule\d*$/.test(name)) continue;
    // <folder>:<limit>[:<limit>]; only the rule for everything is the account's.
    const [folder, ...limits] = value.split(':');
    if (folder !== '*') continue;
    for (const limit of limits) {
      const [what, amount] = splitAt(limit, '=');
      // Dovecot counts storage in KiB when no unit is said.
      if (what === 'storage') quota = /^\d+$/.test(amount) ? `${amount}K` : amount;
      if (what === 'bytes') quota = amount;
      if (what === 'messages') messages = amount;
    }
  }
  return {
    ...(quota !== undefined && quota !== '0' && quota !== '0K' && { quota }),
    ...(messages !== undefined && messages !== '0' && { messages }),
  };
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
