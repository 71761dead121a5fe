// Of what state of the disk it is that memory and index tell: as long as it is that state, nobody has to look.

/** What the disk looked like when memory and disk were last the same. */
export interface SeenOnDisk {
  readonly uidList: string;
  readonly directories: string;
  readonly keywords: string;
}
