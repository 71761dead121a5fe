// Reads a complaint in the abuse reporting format (RFC 5965), as it should be or as it comes: without report-type, in multipart/mixed,
// with the second part in base64, with the original's header only, or without the original.
import { decodedBody, isMessage, isMultipart, readMessage } from '@restante/mime';
import type { MessagePart } from '@restante/mime';
import { plainText } from '../plain-text.ts';
import type { Complaint, ReadReport } from '../reports.ts';
import { readFeedbackFields } from './feedback-fields.ts';

/** Undefined: no complaint. */
export function readComplaint(message: Buffer, structure: MessagePart): ReadReport | undefined {
  const feedback = partsOf(structure).find(isFeedback);
  if (feedback === undefined) {
    return isFeedbackReport(structure)
      ? { kind: 'unreadable', problem: 'The report has no message/feedback-report part.' }
      : undefined;
  }
  const fields = decodedBody(message, feedback);
  if (fields === undefined)
    return { kind: 'unreadable', problem: 'The report is in an unknown encoding.' };
  const read = readFeedbackFields(fields);
  if (!read.ok) return { kind: 'unreadable', problem: read.problem };
  const originalMessageId = originalId(message, structure);
  const report: Complaint = {
    kind: 'complaint',
    ...read.value,
    ...(originalMessageId !== undefined && { originalMessageId }),
  };
  return { kind: 'report', report };
}

/** The parts of a multipart, and of multiparts in it, but not of messages that are only enclosed: somebody may forward a report. */
function partsOf(part: MessagePart): readonly MessagePart[] {
  if (!isMultipart(part)) return [part];
  return part.parts.flatMap((child) => (isMultipart(child) ? child.parts : [child]));
}

function isFeedback({ type, subtype }: MessagePart): boolean {
  return `${type}/${subtype}`.toLowerCase() === 'message/feedback-report';
}

/** RFC 5965 §2 (a). */
function isFeedbackReport({ type, subtype, parameters }: MessagePart): boolean {
  return (
    `${type}/${subtype}`.toLowerCase() === 'multipart/report' &&
    parameters.get('report-type')?.toLowerCase() === 'feedback-report'
  );
}

/** RFC 5965 §2 (d): the third part is the message, or its header. */
function originalId(message: Buffer, structure: MessagePart): string | undefined {
  for (const part of partsOf(structure)) {
    const id = isMessage(part) ? part.envelope?.messageId : idInHeaders(message, part);
    if (id !== undefined) return plainText(id, 500);
  }
  return undefined;
}

function idInHeaders(message: Buffer, part: MessagePart): string | undefined {
  if (part.subtype.toLowerCase() !== 'rfc822-headers') return undefined;
  const header = decodedBody(message, part);
  return header === undefined ? undefined : readMessage(header).envelope.messageId;
}
