// One record a domain should have, with the sentence that says why. The value is in presentation form (RFC 1035 §5.1), names
// without the last dot.
export type DnsRecord = {
  /** Full name. */
  readonly name: string;
  /** One sentence for the person who types it in. */
  readonly why: string;
  readonly need: RecordNeed;
} & RecordContent;

/** "needed": mail fails without it; "advised": it works worse; "reminder": at somebody else's name server, or a choice. */
export type RecordNeed = 'needed' | 'advised' | 'reminder';

export type RecordContent =
  | { readonly type: 'A' | 'AAAA'; readonly address: string | undefined }
  | { readonly type: 'MX'; readonly priority: number; readonly exchange: string }
  | { readonly type: 'TXT'; readonly text: string }
  | { readonly type: 'CNAME'; readonly target: string }
  | {
      readonly type: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      /** "." means that there is no such service (RFC 2782). */
      readonly target: string;
    }
  | { readonly type: 'CAA'; readonly tag: 'issue' | 'issuewild' | 'iodef'; readonly value: string }
  /** `name` is the address the pointer belongs to. */
  | { readonly type: 'PTR'; readonly target: string };

/** The value as it stands in a zone file. */
export function valueOf(record: RecordContent): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address ?? '(the public address)';
    case 'MX':
      return `${record.priority} ${dotted(record.exchange)}`;
    case 'TXT':
      return quoted(record.text);
    case 'CNAME':
    case 'PTR':
      return dotted(record.target);
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${dotted(record.target)}`;
    case 'CAA':
      return `0 ${record.tag} ${quoted(record.value)}`;
  }
}

export function dotted(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

/** RFC 1035 §3.3: strings of up to 255 octets; what is longer comes in several. */
function quoted(text: string): string {
  const pieces = text.match(/[^]{1,255}/g) ?? [''];
  return pieces.map((piece) => `"${piece.replaceAll(/["\\]/g, '\\$&')}"`).join(' ');
}
