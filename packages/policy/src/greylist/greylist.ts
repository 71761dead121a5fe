// Greylisting (RFC 6647): a mail server nobody here has heard of is asked to come back in a few minutes; real ones do, most spam programs do not.
//
// Promises
// - Never for whoever has passed before: the client's network is known for weeks after its first mail came back in time.
// - State in Redis, shared by the nodes of a site; without Redis nobody is made to wait.
export interface GreylistQuestion {
  readonly clientAddress: string;
  readonly sender: string;
  readonly recipient: string;
  readonly nowMs: number;
}

export type GreylistAnswer =
  | { readonly kind: 'pass' }
  | { readonly kind: 'wait'; readonly ms: number };

export interface Greylist {
  /** Never throws, never waits longer than its budget for Redis. */
  judge(question: GreylistQuestion): Promise<GreylistAnswer>;
}

/** For metrics: "unavailable" passed because Redis did not answer in time. */
export type GreylistEvent = {
  readonly name: 'greylist.judged';
  readonly outcome: 'known' | 'came-back' | 'wait' | 'unavailable';
};
