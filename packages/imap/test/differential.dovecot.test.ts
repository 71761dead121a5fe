// The same commands to a real Dovecot and to us, on the same messages: the answers mean the same, or a line here says why not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dovecotMissing } from '../../../test/kit/dovecot.ts';
import { fetches, searches, sorts, stores, threads } from './differential-commands.ts';
import { corpus } from './differential-corpus.ts';
import { fetchedIn, statusIn, untaggedIn, type Value } from './differential-answer.ts';
import { startTwoServers, type TwoServers } from './differential-dovecot.ts';

const skip = dovecotMissing() ?? false;

describe('beside Dovecot', { skip, timeout: 60_000 }, () => {
  let servers: TwoServers;
  before(async () => {
    servers = await startTwoServers();
  });
  after(() => servers[Symbol.asyncDispose]());

  async function ask(command: string): Promise<readonly [theirs: string, said: string]> {
    const literals = [...command.matchAll(/«(.*?)»/g)].map(([, text = '']) => text);
    const text = command.replaceAll(/«(.*?)»/g, (_, literal: string) => {
      return `{${Buffer.byteLength(literal)}}\r\n`;
    });
    return [await servers.dovecot(text, ...literals), await servers.ours(text, ...literals)];
  }

  async function sameFetch(command: string): Promise<void> {
    const [theirAnswer, ourAnswer] = await ask(command);
    assert.equal(statusIn(ourAnswer), statusIn(theirAnswer), `${theirAnswer}${ourAnswer}`);
    if (statusIn(theirAnswer) !== 'OK') return;
    const [theirs, said] = [fetchedIn(theirAnswer), fetchedIn(ourAnswer)];
    // RFC 3501 §6.4.6: a STORE that changes nothing is answered as well; Dovecot says nothing then.
    if (!/^(?:UID )?STORE/.test(command)) assert.deepEqual(Object.keys(said), Object.keys(theirs));
    for (const [number, items] of Object.entries(theirs)) {
      const { why } = corpus[Number(number) - 1] ?? { why: '' };
      for (const [name, value] of Object.entries(items)) {
        const mine = said[number]?.[name];
        if (reasonToDiffer(name, why, mine) !== undefined) continue;
        assert.deepEqual(mine, value, `${command}: ${name} of message ${number}, ${why}`);
      }
    }
  }

  async function sameLine(command: string, name: string): Promise<void> {
    const [theirs, said] = await ask(command);
    assert.equal(statusIn(said), statusIn(theirs), `${theirs}${said}`);
    assert.equal(untaggedIn(said, name), untaggedIn(theirs, name), command);
  }

  for (const [rule, commands] of fetches) {
    test(`FETCH tells the same: ${rule}`, async () => {
      for (const command of commands) await sameFetch(command);
    });
  }
  for (const [rule, keys] of searches) {
    test(`SEARCH finds the same: ${rule}`, async () => {
      for (const key of keys) await sameLine(`SEARCH ${key}`, 'SEARCH');
      await sameLine(`UID SEARCH RETURN (MIN MAX COUNT ALL) ${keys[0]}`, 'ESEARCH');
    });
  }
  for (const [rule, criteria] of sorts) {
    test(`SORT puts in the same order: ${rule}`, async () => {
      for (const one of criteria) await sameLine(`SORT (${one}) UTF-8 ALL`, 'SORT');
      await sameLine(`UID SORT RETURN (COUNT MIN MAX) (${criteria[0]}) UTF-8 ALL`, 'ESEARCH');
    });
  }
  for (const [rule, commands] of threads) {
    test(`THREAD makes the same threads: ${rule}`, async () => {
      for (const command of commands) await sameLine(command, 'THREAD');
    });
  }
  for (const [rule, commands] of stores) {
    test(`STORE does the same: ${rule}`, async () => {
      for (const command of commands) await sameFetch(command);
      await sameFetch('FETCH 1:* FLAGS');
    });
  }
});

/** Where we differ on purpose. */
function reasonToDiffer(name: string, why: string, mine: Value | undefined): string | undefined {
  if (/^BODY(?:STRUCTURE)?$/.test(name) && why === 'parameters of RFC 2231') {
    return 'parameters stand as they were sent; Dovecot joins those that go on (RFC 2231 §3) itself';
  }
  if (name.startsWith('BODY[HEADER.FIELDS.NOT') && why === 'a header and nothing behind it') {
    return 'subsets always end with an empty line; Dovecot adds it to HEADER.FIELDS only';
  }
  if (/^BODY\[[12]\.1\]$/.test(name) && mine === '') {
    return 'part 1.1 of a part that is plain text does not exist; Dovecot shows part 1';
  }
  return undefined;
}
