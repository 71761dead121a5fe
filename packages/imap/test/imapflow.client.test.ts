// imapflow, a client that people use, over TLS: logs in by SCRAM, makes folders, appends, searches, moves, idles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { ImapFlow } from 'imapflow';
import { makeCertificate } from '../../../test/kit/false-papers.ts';
import { until } from '../../../test/kit/until.ts';
import { ana, letter, startImapSite } from './imap-site.ts';

const secureContext = createSecureContext(
  await makeCertificate({ commonName: 'imap.example.test' }),
);

function flow(port: number, isImplicitTls: boolean): ImapFlow {
  return new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: isImplicitTls,
    tls: { rejectUnauthorized: false },
    auth: { user: ana.address, pass: ana.password },
    logger: false,
    qresync: true,
  });
}

for (const isImplicitTls of [true, false]) {
  const how = isImplicitTls ? 'TLS from the first byte' : 'STARTTLS';
  test(`imapflow reads and changes a mailbox over ${how}`, async () => {
    await using site = await startImapSite({ tls: () => ({ secureContext }), isImplicitTls });
    await site.deliver(letter('delivered'));
    const client = flow(site.server.port, isImplicitTls);
    await client.connect();
    const folders = await client.list();
    assert.ok(folders.some(({ specialUse }) => specialUse === '\\Sent'));
    await client.mailboxCreate('Projekte/Überfall');
    const appended = await client.append('Projekte/Überfall', letter('appended'), ['\\Seen']);
    assert.ok(appended !== false && appended.uid === 1);

    const inbox = await client.mailboxOpen('INBOX');
    assert.equal(inbox.exists, 1);
    await client.messageFlagsAdd('1', ['\\Flagged', '$Work']);
    const message = await client.fetchOne('1', { flags: true, envelope: true, source: true });
    assert.ok(message !== false);
    assert.equal(message.envelope?.subject, 'delivered');
    assert.ok(message.flags?.has('$Work'));
    assert.ok(message.source?.toString().includes('Hello.'));
    assert.deepEqual(await client.search({ flagged: true }), [1]);

    const moved = await client.messageMove('1', 'Projekte/Überfall');
    assert.ok(moved !== false);
    assert.equal(moved.uidMap?.get(1), 2);
    const status = await client.status('Projekte/Überfall', { messages: true, unseen: true });
    assert.equal(status !== false && status.messages, 2);
    await client.mailboxRename('Projekte/Überfall', 'Neu');
    await client.mailboxDelete('Neu');
    await client.logout();
    assert.deepEqual(site.failures, []);
  });
}

test('imapflow hears of new mail while it idles (RFC 2177)', async () => {
  await using site = await startImapSite();
  const client = flow(site.server.port, false);
  await client.connect();
  await client.mailboxOpen('INBOX');
  const counts: number[] = [];
  client.on('exists', ({ count }) => counts.push(count));
  const idling = client.idle();
  await until(() => site.server.sessions === 1, { what: 'it is connected' });
  await site.deliver(letter('news'));
  await until(() => counts.includes(1), { what: 'the news came' });
  await client.logout();
  await idling;
});
