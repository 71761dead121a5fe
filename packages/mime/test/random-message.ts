// Random messages: parts in parts, messages in messages, boundaries that resemble each other, left open or closed twice.

type Random = () => number;

export function randomMessage(random: Random): string {
  return header(random) + entity(random, 0);
}

function header(random: Random): string {
  let text = '';
  if (random() < 0.8) text += `Subject: ${pick(random, ['a', 'b  c', '=?utf-8?Q?x?=', 'x\n y'])}\n`;
  if (random() < 0.8) text += `From: ${pick(random, addresses)}\n`;
  if (random() < 0.5) text += `To: ${pick(random, addresses)}, ${pick(random, addresses)}\n`;
  if (random() < 0.3) text += `Cc: g: ${pick(random, addresses)}, ${pick(random, addresses)};\n`;
  if (random() < 0.3) text += `Message-ID: <${Math.trunc(random() * 1e6)}@x>\n`;
  return text;
}

const addresses = [
  'a@b',
  'A B <a@b>',
  '"A, \\"B\\"" <a.b@c.d>',
  '<a@b>',
  'a@b (C)',
  '=?utf-8?Q?=C3=B6?= <o@x>',
  'Ö <o@x>',
  'A. B. <a@b>',
];

/** From its Content-Type on. */
function entity(random: Random, depth: number): string {
  const kind = random();
  if (depth < 5 && kind < 0.45) return multipart(random, depth);
  if (depth < 5 && kind < 0.55)
    return `Content-Type: message/rfc822\n\n${header(random)}${leaf(random)}`;
  return leaf(random);
}

function leaf(random: Random): string {
  const type = pick(random, [
    '',
    'Content-Type: text/plain\n',
    'Content-Type: text/html; charset=utf-8\n',
    'Content-Type: application/pdf; name="a;b"\nContent-Transfer-Encoding: base64\n',
    'Content-Type: image/png\nContent-ID: <i@x>\nContent-Disposition: inline; filename=i.png\n',
  ]);
  return `${type}\n${lines(random)}`;
}

function lines(random: Random): string {
  let text = '';
  const count = Math.trunc(random() * 5);
  for (let line = 0; line < count; line += 1)
    text += `${pick(random, ['x', '', '--', '--x', '-- ', 'two words', ' --a'])}\n`;
  return `${text}end`;
}

function multipart(random: Random, depth: number): string {
  const boundary =
    pick(random, ['a', 'ab', 'abc', 'b', '=_b', 'a_', '_']) + (random() < 0.5 ? depth : '');
  const subtype = pick(random, ['mixed', 'alternative', 'digest']);
  let text = `Content-Type: multipart/${subtype}; boundary="${boundary}"\n\n`;
  if (random() < 0.3) text += 'preamble\n';
  const count = Math.trunc(random() * 4);
  for (let part = 0; part < count; part += 1)
    text += `--${boundary}${random() < 0.1 ? '  ' : ''}\n${entity(random, depth + 1)}\n`;
  const end = random();
  if (end < 0.7) text += `--${boundary}--\n`;
  return end < 0.3 ? `${text}epilogue` : `${text}end`;
}

function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[Math.trunc(random() * from.length)];
  if (found === undefined) throw new Error('Nothing to pick from.');
  return found;
}
