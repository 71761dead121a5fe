// Names of message files: <seconds>.<deliveryId>.<hostname>,S=<bytes>,W=<bytes with CRLF>[:2,<flags>]. Pure.
//
// The delivery id stands in the name, so the name is the memory of what was delivered: no second index can disagree with
// it. S and W are Dovecot's: it need not stat or read a file to know its sizes.
//
// A copy is <seconds>.<email id>_<unique>.<hostname>,S=...,W=...: another message with another UID, but the same mail. What
// was deleted has ",D=<folder>" behind that, and the seconds are those of its deletion.
import { createHash, randomBytes } from 'node:crypto';

const copyShape = /^\d+\.([A-Za-z0-9-]+)_[a-z0-9]+\.[^,/:]+,S=\d+,W=\d+(?:,D=[0-9a-f]+)?$/;
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

/** From the colon on: ":2,FS"; empty where there is none. */
export function suffixOf(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? '' : name.slice(colon);
}

/** RFC 8474 §4: names the mail itself, through copies and moves. */
export function emailIdOf(baseName: string): string {
  const copied = copyShape.exec(baseName)?.[1];
  if (copied !== undefined) return copied;
  const key = keyOfName(baseName);
  if (key !== baseName) return key;
  return `x${createHash('sha256').update(baseName, 'latin1').digest('hex').slice(0, 24)}`;
}

/** A new name in whichever folder, for a message that is somewhere already. */
export function copyNameOf(
  baseName: string,
  facts: Omit<FileNameFacts, 'deliveryId'> & { readonly deletedFrom?: string },
): string {
  uniqueCount += 1;
  const unique = `${processUnique}${uniqueCount.toString(36)}`;
  const name = fileNameOf({ ...facts, deliveryId: `${emailIdOf(baseName)}_${unique}` });
  return facts.deletedFrom === undefined ? name : `${name},D=${facts.deletedFrom}`;
}

// Only has to differ from every other process that ever wrote into the same folder.
const processUnique = `${randomBytes(6).toString('hex')}z`;
let uniqueCount = 0;

/** When a message of ours was received; undefined where only the file itself can tell. */
export function receivedSecondsInName(baseName: string): number | undefined {
  const isOurs =
    keyOfName(baseName) !== baseName || (copyShape.test(baseName) && !baseName.includes(',D='));
  return isOurs ? Number.parseInt(baseName, 10) : undefined;
}

/** What ",D=" says: the folder it was deleted from, and when. */
export function deletionInName(
  baseName: string,
): { readonly from: string; readonly atSeconds: number } | undefined {
  const from = /,D=([0-9a-f]+)$/.exec(baseName)?.[1];
  return from === undefined ? undefined : { from, atSeconds: Number.parseInt(baseName, 10) };
}

/** Size with every line end as CRLF, as the name has it. */
export function virtualSizeInName(name: string): number | undefined {
  const found = /,W=(\d{1,15})(?=[,:]|$)/.exec(name);
  return found ? Number(found[1]) : undefined;
}

/** The size in the name; undefined where a program did not write one. */
export function sizeInName(name: string): number | undefined {
  const found = /,S=(\d{1,15})(?=[,:]|$)/.exec(name);
  return found ? Number(found[1]) : undefined;
}
