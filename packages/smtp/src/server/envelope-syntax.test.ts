// parse-path, parse-parameters, mail-parameters and rcpt-parameters together: what may stand in MAIL and RCPT.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMailParameters } from './mail-parameters.ts';
import { parseParameters } from './parse-parameters.ts';
import { parsePath } from './parse-path.ts';
import { readRcptParameters } from './rcpt-parameters.ts';

const stranger = { messageMaxBytes: 1_000, isTls: false, isPeer: false };

function mailWith(text: string, context = stranger) {
  const parameters = parseParameters(text);
  assert.ok(parameters.ok, parameters.ok ? '' : parameters.problem);
  return readMailParameters('a@b.test', parameters.value, context);
}

function refusalOf(text: string, context = stranger): string {
  const read = mailWith(text, context);
  return 'refusal' in read ? `${read.refusal.code} ${read.refusal.enhanced}` : 'taken';
}

test('a path may be quoted, hold a source route or be empty (RFC 5321 §4.1.2)', () => {
  const paths: Readonly<Record<string, string>> = {
    'FROM:<a@b.test>': 'a@b.test',
    'from:<a@b.test>': 'a@b.test',
    'FROM: <a@b.test>': 'a@b.test',
    'FROM:<>': '',
    'FROM:<"a b>c@d"@e.test>': '"a b>c@d"@e.test',
    'FROM:<"a\\"b"@e.test>': '"a\\"b"@e.test',
    // RFC 5321 appendix C: accepted and ignored.
    'FROM:<@x.test,@y.test:a@b.test>': 'a@b.test',
  };
  for (const [argument, path] of Object.entries(paths)) {
    const parsed = parsePath('FROM', argument);
    assert.ok(parsed.ok, argument);
    assert.equal(parsed.value.path, path);
  }
  for (const argument of [
    'FROM:a@b.test',
    'TO:<a@b.test>',
    'FROM:<a@b.test',
    'FROM:<a@b.test>SIZE=1',
    '',
    'FROM',
  ]) {
    assert.equal(parsePath('FROM', argument).ok, false, argument);
  }
});

test('parameters are keyword or keyword=value, each once (RFC 5321 §4.1.1.11, RFC 3461 §4)', () => {
  const parsed = parseParameters('size=10  BODY=8BITMIME SMTPUTF8');
  assert.ok(parsed.ok);
  assert.deepEqual(
    [...parsed.value],
    [
      ['SIZE', '10'],
      ['BODY', '8BITMIME'],
      ['SMTPUTF8', ''],
    ],
  );
  for (const text of ['SIZE=1 size=2', 'A=', '=1', 'A=b=c', 'A_B', 'A=b\tc', '-A', 'A=\u0001']) {
    assert.equal(parseParameters(text).ok, false, text);
  }
});

test('every MAIL parameter is read or refused by its own rule', () => {
  assert.deepEqual(mailWith('SIZE=900 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb AUTH=<>'), {
    mail: {
      sender: 'a@b.test',
      sizeBytes: 900,
      body: '8bitmime',
      smtpUtf8: true,
      dsnReturn: 'headers',
      envelopeId: 'a+b',
    },
  });
  // RFC 1870 §6.1.
  assert.equal(refusalOf('SIZE=1001'), '552 5.3.4');
  assert.equal(refusalOf('SIZE=99999999999999999999'), '552 5.3.4');
  assert.equal(refusalOf('SIZE=-1'), '501 5.5.4');
  assert.equal(refusalOf('SIZE=1e3'), '501 5.5.4');
  assert.equal(refusalOf('BODY=9BIT'), '501 5.5.4');
  assert.equal(refusalOf('BODY=BINARYMIME'), '555 5.5.4');
  assert.equal(refusalOf('SMTPUTF8=1'), '501 5.5.4');
  assert.equal(refusalOf('RET=SOME'), '501 5.5.4');
  assert.equal(refusalOf('ENVID=a+0D+0Ab'), '501 5.5.4');
  assert.equal(refusalOf(`ENVID=${'x'.repeat(101)}`), '501 5.5.4');
  // RFC 8689 §4.1.
  assert.equal(refusalOf('REQUIRETLS'), '530 5.7.10');
  assert.equal(refusalOf('REQUIRETLS', { ...stranger, isTls: true }), 'taken');
  // RFC 5321 §4.1.1.11.
  assert.equal(refusalOf('MT-PRIORITY=3'), '555 5.5.4');
  assert.equal(refusalOf('CONSTRUCTOR'), '555 5.5.4');
});

test('XRESTANTE and BINARYMIME are for peers only (design §4.3)', () => {
  assert.equal(refusalOf('XRESTANTE=abc'), '555 5.5.4');
  const peer = { ...stranger, isPeer: true };
  const read = mailWith('XRESTANTE=abc BODY=BINARYMIME', peer);
  assert.ok('mail' in read);
  assert.equal(read.mail.hop, 'abc');
  assert.equal(read.mail.body, 'binarymime');
});

test('NOTIFY and ORCPT are read by the rules of RFC 3461 §4.1 and §4.2', () => {
  const read = (text: string) => {
    const parameters = parseParameters(text);
    assert.ok(parameters.ok);
    return readRcptParameters('a@b.test', parameters.value);
  };
  assert.deepEqual(read('NOTIFY=SUCCESS,delay ORCPT=rfc822;a+2Bx@b.test'), {
    recipient: {
      address: 'a@b.test',
      notify: ['success', 'delay'],
      originalRecipient: 'rfc822;a+x@b.test',
    },
  });
  for (const text of [
    'NOTIFY=NEVER,DELAY',
    'NOTIFY=LATER',
    'NOTIFY',
    'ORCPT=a@b.test',
    'ORCPT=rfc822;',
    'ORCPT=;a',
    'ORCPT=rfc822;a+0Db',
    `ORCPT=rfc822;${'x'.repeat(500)}`,
  ]) {
    const refused = read(text);
    assert.ok('refusal' in refused, text);
    assert.equal(refused.refusal.enhanced, '5.5.4');
  }
});
