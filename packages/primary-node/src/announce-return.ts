// A home that comes up tells its backups at once: ETRN for each of its domains (RFC 1985), over the same mTLS session a hop
// uses. So its mail starts to come with their next look, not with their next probe.
//
// A courtesy: whoever cannot be reached finds out by itself.
import type { SmtpReply } from '@restante/mail-model';
import type { ConnectSmtp, SmtpTarget } from '@restante/smtp';

export interface Backup {
  readonly site: string;
  /** Our domains it keeps mail for. */
  readonly domains: readonly string[];
  readonly targets: () => Promise<readonly SmtpTarget[]>;
}

export interface AnnounceOptions {
  readonly backups: readonly Backup[];
  readonly connect: ConnectSmtp;
  /** Ends everything after this time. */
  readonly deadlineMs: number;
}

/** What each backup said, or why it could not be asked; never rejects. */
export async function announceReturn({
  backups,
  connect,
  deadlineMs,
}: AnnounceOptions): Promise<readonly Announcement[]> {
  return Promise.all(
    backups.map(async (backup): Promise<Announcement> => {
      try {
        return {
          site: backup.site,
          replies: await tell(backup, connect, AbortSignal.timeout(deadlineMs)),
        };
      } catch (cause) {
        return { site: backup.site, replies: [], cause };
      }
    }),
  );
}

export interface Announcement {
  readonly site: string;
  readonly replies: readonly SmtpReply[];
  readonly cause?: unknown;
}

async function tell(
  { domains, targets }: Backup,
  connect: ConnectSmtp,
  signal: AbortSignal,
): Promise<readonly SmtpReply[]> {
  const [target] = await targets();
  if (target === undefined) return [];
  const connection = await connect(target, { signal });
  try {
    const replies: SmtpReply[] = [];
    for (const domain of domains) replies.push(await connection.command(`ETRN ${domain}`));
    return replies;
  } finally {
    await connection.close();
  }
}
