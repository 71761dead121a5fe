// One question as a packet, and whether a packet that came back answers it.
//
// RFC 5452 §9: an answer is believed when address, port, id and question match; the letters of the name are sent in random
// case and must come back so (draft-vixie-dnsext-dns0x20), which makes an answer harder to guess.
import { randomBytes, randomInt } from 'node:crypto';
import { Packet } from 'dns2';
import type { Packet as DnsPacket } from 'dns2';
import { typeCodes } from './codec.ts';
import type { RecordType } from './resolver.ts';

export interface Question {
  readonly id: number;
  readonly type: RecordType;
  /** With the case it was sent in. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface QuestionOptions {
  readonly name: string;
  readonly type: RecordType;
  readonly isCaseMixed: boolean;
  readonly hasEdns: boolean;
  readonly wantsDnssec: boolean;
}

export type Belief =
  | { readonly kind: 'believed'; readonly packet: DnsPacket }
  /** Everything matches but the letters' case. */
  | { readonly kind: 'case-folded' }
  | { readonly kind: 'not-ours' };

// RFC 9715: what fits through every network without fragments, which can be forged.
const udpPayloadBytes = 1232;

export function makeQuestion({
  name,
  type,
  isCaseMixed,
  hasEdns,
  wantsDnssec,
}: QuestionOptions): Question {
  const id = randomInt(0x1_0000);
  const asked = isCaseMixed ? mixCase(name) : name;
  const packet = new Packet();
  // RFC 6840 §5.7: AD in a question asks for AD in the answer.
  Object.assign(packet.header, { id, rd: 1, ad: 1 });
  packet.questions.push(new Packet.Question(asked, typeCodes[type], Packet.CLASS.IN));
  if (hasEdns)
    packet.additionals.push(
      Packet.Resource.EDNS([], { udpPayloadSize: udpPayloadBytes, doFlag: wantsDnssec }),
    );
  return { id, type, name: asked, bytes: packet.toBuffer() };
}

/** Decides whether these octets answer the question. Never throws: they may come from anybody. */
export function judgePacket(bytes: Buffer, question: Question): Belief {
  let packet: DnsPacket;
  try {
    packet = Packet.parse(bytes);
  } catch {
    return { kind: 'not-ours' }; // Too short for a header: nothing to believe or to report.
  }
  const { header, questions } = packet;
  const [echoed] = questions;
  if (
    header.id !== question.id ||
    header.qr !== 1 ||
    header.opcode !== 0 ||
    !echoed ||
    questions.length !== 1
  )
    return { kind: 'not-ours' };
  if (echoed.type !== typeCodes[question.type] || echoed.class !== Packet.CLASS.IN)
    return { kind: 'not-ours' };
  if (echoed.name === question.name) return { kind: 'believed', packet };
  return echoed.name.toLowerCase() === question.name.toLowerCase()
    ? { kind: 'case-folded' }
    : { kind: 'not-ours' };
}

function mixCase(name: string): string {
  const chance = randomBytes(name.length);
  return Array.from(name)
    .map((letter, index) => ((chance[index] ?? 0) & 1 ? letter.toUpperCase() : letter))
    .join('');
}
