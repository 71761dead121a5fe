// What the thread of clients and the worker of the content index say to each other.
import type { ContentQuery } from './content-index.ts';

export type WorkerRequest =
  /** Reads the messages, stores what they say and their words. */
  | {
      readonly kind: 'index';
      readonly path: string;
      readonly messages: readonly { readonly key: string; readonly bytes: Uint8Array }[];
    }
  /** Stores what was read already (formatAbout). */
  | {
      readonly kind: 'store';
      readonly path: string;
      readonly rows: readonly { readonly key: string; readonly about: string }[];
    }
  /** Reads one message and gives formatAbout() of it; stores nothing. */
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'search';
      readonly path: string;
      readonly place: ContentQuery['in'];
      readonly needle: string;
    }
  | { readonly kind: 'forget'; readonly path: string; readonly keys: readonly string[] }
  | { readonly kind: 'close'; readonly path: string };

export interface NumberedRequest {
  readonly id: number;
  readonly request: WorkerRequest;
}

export type WorkerReply =
  /** Of a search, in pieces; an empty list from the others. */
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly texts: readonly string[];
      readonly isLast: boolean;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly problem: string }
  /** The file was not fit and was begun anew: readers must open it again. */
  | { readonly kind: 'thrown-away'; readonly path: string; readonly problem: string };
