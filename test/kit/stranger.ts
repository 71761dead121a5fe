// A mail server somewhere in the world, which in a laboratory is 127.0.0.x: what it brings, what it hears, and what became of it.
import type { Cluster } from './cluster.ts';
import { Dialogue, type Reply } from './dialogue.ts';
import type { FoundMail } from './maildir.ts';
import { until } from './until.ts';

export interface Bringing {
  /** 127.0.0.x. */
  readonly address: string;
  /** What it greets with. */
  readonly helo?: string;
  /** MAIL FROM. */
  readonly from: string;
  readonly to: string;
  readonly data: string;
}

/** The reply that decided: the first refusal, or the last word. */
export async function bring(
  endpoint: string,
  { address, helo = 'mail.stranger.test', from, to, data }: Bringing,
): Promise<Reply> {
  await using dialogue = await Dialogue.open(endpoint, { localAddress: address });
  const greeted = await dialogue.say(`EHLO ${helo}`);
  const replies = [greeted, ...(await dialogue.send({ from, to: [to], data }))];
  return replies.find(({ code }) => code >= 400) ?? replies.at(-1) ?? greeted;
}

export interface Written {
  /** Found again by it: unique within a test. */
  readonly id: string;
  /** The From field. */
  readonly from: string;
  readonly to: string;
  readonly subject?: string;
  /** Further fields, on top. */
  readonly fields?: readonly string[];
  readonly text?: string;
}

/** A whole message, CRLF ended lines, without the last CRLF. */
export function written({
  id,
  from,
  to,
  subject = id,
  fields = [],
  text = 'Hello.',
}: Written): string {
  return [
    ...fields,
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: ${subject}`,
    `Message-ID: <${id}@stranger.test>`,
    'Date: Sun, 22 Nov 2026 12:00:00 +0000',
    '',
    text,
  ].join('\r\n');
}

/** What written() wrote, as it lies in a mailbox of this site. */
export async function arrived(cluster: Cluster, site: string, id: string): Promise<FoundMail> {
  return until(
    async () =>
      (await cluster.maildirs(site)).find(
        (mail) => mail.header('Message-ID') === `<${id}@stranger.test>`,
      ),
    { what: `${id} is in its mailbox`, deadlineMs: 60_000 },
  );
}

/** All header fields of this name, unfolded. */
export function fieldsOf(mail: FoundMail, name: string): readonly string[] {
  const head = mail.bytes.toString('latin1').split('\r\n\r\n')[0] ?? '';
  return head
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
}
