// Python's reader of property lists, which is not ours, understands the profile.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { autoconfigXml, mobileconfig } from '@restante/client-settings';
import { demo } from './demo-domain.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const skip = hasPython ? false : 'python3 is not installed';

test('the profile is a property list with what was meant', { skip }, () => {
  const text = mobileconfig(demo, `o'ana&co@shanghai.test`, 'Mail <of> "Ana"') ?? '';
  const code =
    'import sys,json,plistlib;print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
  const profile = JSON.parse(
    execFileSync('python3', ['-c', code], { input: text, encoding: 'utf8' }),
  ) as {
    readonly PayloadDisplayName: string;
    readonly PayloadContent: readonly Readonly<Record<string, unknown>>[];
  };
  assert.equal(profile.PayloadDisplayName, 'Mail <of> "Ana"');
  const [account] = profile.PayloadContent;
  assert.equal(account?.['EmailAddress'], `o'ana&co@shanghai.test`);
  assert.equal(account?.['OutgoingMailServerPortNumber'], 465);
  assert.equal(account?.['IncomingMailServerUseSSL'], true);
});

test('the settings file is well-formed XML', { skip }, () => {
  const code = 'import sys,xml.dom.minidom as m;print(m.parse(sys.stdin).documentElement.tagName)';
  const input = autoconfigXml(demo, 'Mail & more \u0001');
  assert.equal(
    execFileSync('python3', ['-c', code], { input, encoding: 'utf8' }).trim(),
    'clientConfig',
  );
});
