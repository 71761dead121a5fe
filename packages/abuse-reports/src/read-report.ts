// Finds out whether a message is a report, and reads it.
//
// Promises
// - Never throws for what somebody sent. What is unpacked is bounded (a bomb is "unreadable"), and nothing holds up the process: unpacking
//   runs beside it, and XML is read in pieces with a pause between them.
// - A report says what its writer wants it to say: numbers and names are checked for form, not for truth.
import { readMessage } from '@restante/mime';
import { findAggregate } from './aggregate/find-aggregate.ts';
import { readComplaint } from './complaint/read-complaint.ts';
import type { ReadReport } from './reports.ts';

/** A report is text about messages; something larger is something else. */
const messageBytesMax = 32 * 1024 * 1024;

/** `message`: header and body as they are stored. */
export async function readReport(message: Buffer): Promise<ReadReport> {
  if (message.length > messageBytesMax) return { kind: 'none' };
  const read = readMessage(message);
  const complaint = readComplaint(message, read.structure);
  return complaint ?? findAggregate(message, read);
}
