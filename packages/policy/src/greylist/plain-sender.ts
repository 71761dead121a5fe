// One mailing makes a sender of its own for every message or every recipient (VERP, SRS, BATV). For greylisting they are one
// sender, or the second try would look like somebody new. Pure, linear, bounded; only ever used to compare.

const charactersMax = 320;
// BATV: a day and a signature in front of the mailbox, in today's and an older writing; Barracuda has its own.
const batv = /^prvs=(?:[0-9]{4}[0-9a-f]{6}=(.+)|(.+)\/[0-9]{4}[0-9a-f]{6})$/;
const barracuda = /^btv1==[^=]{1,64}==(.+)$/;
// SRS0=hash=timestamp=domain=mailbox; SRS1=hash=forwarder==hash=timestamp=domain=mailbox. The separator may be = + or -.
const srs0 = /^srs0[=+-][^=]{1,64}=[^=]{1,8}=(.+)$/;
const srs1 = /^srs1[=+-][^=]{1,64}=([^=]{1,255})==[^=]{1,64}=[^=]{1,8}=(.+)$/;

/** "bounce+4711-ana=b.test@lists.test" and "bounce+4712-bo=b.test@lists.test" are the same. */
export function plainSender(address: string): string {
  const text = address.slice(0, charactersMax).toLowerCase();
  const at = text.lastIndexOf('@');
  if (at <= 0) return text;
  return `${plainLocal(withoutTag(text.slice(0, at)))}${text.slice(at)}`;
}

function withoutTag(local: string): string {
  const signed = batv.exec(local) ?? barracuda.exec(local);
  if (signed !== null) return signed[1] ?? signed[2] ?? local;
  const once = srs0.exec(local);
  if (once !== null) return `srs0=${once[1] ?? ''}`;
  const twice = srs1.exec(local);
  return twice === null ? local : `srs1=${twice[1] ?? ''}=${twice[2] ?? ''}`;
}

/** An extension is cut off; every piece with a digit, or too long to be a word, stands for all of its kind. */
function plainLocal(local: string): string {
  const plus = local.indexOf('+');
  const name = plus > 0 ? local.slice(0, plus) : local;
  return name
    .split(/([-_.=])/)
    .map((piece) => (/\d/.test(piece) || piece.length >= 20 ? '#' : piece))
    .join('');
}
