// Finds the DMARC aggregate report in a message: the part that holds one, unpacked (RFC 9990 §3.5, RFC 7489 §7.2.1).
//
// Whether a message is a report at all is decided by what is in it: an XML document whose root is "feedback". Subject and file names
// only say whether one was expected, so that a broken one is "unreadable" and not an ordinary message.
import { decodedBody, decodeWords, fileNameOf, isMultipart } from '@restante/mime';
import type { MessagePart, ReadMessage } from '@restante/mime';
import type { ReadReport } from '../reports.ts';
import { readAggregate } from './read-aggregate.ts';
import { unpack } from './unpack.ts';

/** Google's and Yahoo's have one part, Microsoft's two. */
const candidatesMax = 10;

const packedTypes: ReadonlySet<string> = new Set([
  'application/zip',
  'application/x-zip',
  'application/x-zip-compressed',
  'application/gzip',
  'application/x-gzip',
  'application/xml',
  'text/xml',
]);

/** Kept apart from files that only look alike: receiver!domain!begin!end. */
const reportName = /^[^!]+![^!]+!\d+!\d+/;

export async function findAggregate(message: Buffer, read: ReadMessage): Promise<ReadReport> {
  const parts = leaves(read.structure).filter(mayHoldReport).slice(0, candidatesMax);
  const subject = decodeWords((read.envelope.subject ?? '').slice(0, 1000));
  const isExpected =
    /report[ -]domain:/i.test(subject) ||
    parts.some((part) => reportName.test(fileNameOf(part) ?? ''));
  let problem = 'The report has no attachment that could be one.';
  for (const part of parts) {
    const bytes = decodedBody(message, part);
    if (bytes === undefined) continue;
    const unpacked = await unpack(bytes);
    if (unpacked.kind === 'none') continue;
    if (unpacked.kind === 'unreadable') {
      problem = unpacked.problem;
      continue;
    }
    const report = await readAggregate(unpacked.xml);
    if (report.kind !== 'none') return report;
    problem = 'The attachment is no DMARC report.';
  }
  return isExpected ? { kind: 'unreadable', problem } : { kind: 'none' };
}

function leaves(part: MessagePart): readonly MessagePart[] {
  return isMultipart(part) ? part.parts.flatMap(leaves) : [part];
}

function mayHoldReport(part: MessagePart): boolean {
  if (packedTypes.has(`${part.type}/${part.subtype}`.toLowerCase())) return true;
  return /\.(xml|gz|zip)$/i.test(fileNameOf(part) ?? '');
}
