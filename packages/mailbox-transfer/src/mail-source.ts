// A mailbox somewhere else, to be read from: a Maildir, an mbox, an IMAP account. The port of importing.
//
// Promises
// - Nothing is ever changed at the source: no flag, no lock file, no \Seen.
// - messages() gives every message of the folder once, in its order, or says what is wrong with it; one bad message ends nothing.
// - What a whole source refuses (login, path, connection) throws a TransferError.
import type { Envelope } from '@restante/mime';
import type { SpecialUse } from '@restante/mailbox-store';

export interface SourceFolder {
  /** "/" between levels, Unicode; INBOX in capitals. */
  readonly name: string;
  readonly specialUse?: SpecialUse;
  readonly isSubscribed: boolean;
  /** As the source itself calls it. */
  readonly place: string;
}

/** What is known of a message before its body is read. */
export interface MessageGlance {
  readonly envelope: Envelope;
  /** As the source counts; not every server counts right. */
  readonly sizeBytes: number;
}

export type SourceItem =
  | {
      readonly kind: 'message';
      /** For a person: a file, "UID 17", "byte 4711". */
      readonly where: string;
      /** Lines end in CRLF. */
      readonly bytes: Buffer;
      /** System flags and keywords, as IMAP writes them. */
      readonly flags: readonly string[];
      readonly receivedAtMs: number;
      /** How far the folder has been read when this one is done. */
      readonly mark?: number;
    }
  /** The glance was enough. */
  | { readonly kind: 'skipped'; readonly mark?: number }
  | { readonly kind: 'damaged'; readonly where: string; readonly problem: string };

export interface MailSource extends AsyncDisposable {
  folders(): Promise<readonly SourceFolder[]>;
  /** Sources that can look without reading ask `isWanted` before they fetch a body. */
  messages(
    folder: SourceFolder,
    isWanted: (glance: MessageGlance) => boolean,
  ): AsyncIterable<SourceItem>;
  /** Everything of the folder up to the mark is safe in its new place; the next run may begin behind it. */
  reached?(folder: SourceFolder, mark: number): Promise<void>;
}
