// iprev (RFC 8601 §3): does the address have a name that leads back to it?

export type ReverseNameAnswer =
  /** `name` leads back to the address: verified. */
  | { readonly result: 'pass'; readonly name: string }
  /** Names, none of which leads back; or no name at all ("permerror" in RFC 8601's words is "none" here). */
  | { readonly result: 'fail' | 'none' | 'temperror'; readonly problem: string };

export interface ReverseNames {
  /** Never throws; ends within its budget. */
  check(address: string, signal?: AbortSignal): Promise<ReverseNameAnswer>;
}
