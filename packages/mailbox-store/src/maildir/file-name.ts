// Names of message files: <seconds>.<deliveryId>.<hostname>,S=<bytes>,W=<bytes with CRLF>[:2,<flags>]. Pure.
//
// The delivery id stands in the name, so the name is the memory of what was delivered: no second index can disagree with
// it. S and W are Dovecot's: it need not stat or read a file to know its sizes.

const ourShape = /^\d+\.([A-Za-z0-9-]+)\.[^,/:]+,S=\d+,W=\d+$/;
// What Dovecot and others put in the middle; not unique without the seconds before it.
const foreignMiddle = /^(?:M\d+P\d+|\d+[_-])/;

export interface FileNameFacts {
  readonly deliveryId: string;
  readonly receivedAtMs: number;
  readonly hostname: string;
  readonly sizeBytes: number;
  /** Size with every line end counted as CRLF. */
  readonly virtualSizeBytes: number;
}

export function fileNameOf(facts: FileNameFacts): string {
  const seconds = Math.trunc(facts.receivedAtMs / 1000);
  const host = facts.hostname.replaceAll(/[^A-Za-z0-9.-]/g, '_');
  return `${seconds}.${facts.deliveryId}.${host},S=${facts.sizeBytes},W=${facts.virtualSizeBytes}`;
}

/** The part that never changes: without the flags behind the colon. */
export function baseNameOf(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(0, colon);
}

/** Under what a message is remembered: its delivery id for our own names, else the base name. */
export function keyOfName(baseName: string): string {
  const middle = ourShape.exec(baseName)?.[1];
  return middle === undefined || foreignMiddle.test(middle) ? baseName : middle;
}

/** The size in the name; undefined where a program did not write one. */
export function sizeInName(name: string): number | undefined {
  const found = /,S=(\d{1,15})(?=[,:]|$)/.exec(name);
  return found ? Number(found[1]) : undefined;
}
