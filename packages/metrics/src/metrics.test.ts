import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, type Metrics } from './metrics.ts';

function start(): Metrics {
  return createMetrics({ site: 'us', version: '0.1.0' });
}

async function line(metrics: Metrics, begins: string): Promise<string | undefined> {
  const { body } = await metrics.render();
  return body.split('\n').find((row) => row.startsWith(begins));
}

test('a message that is accepted is counted, weighed and timed', async () => {
  const metrics = start();
  metrics.record({
    name: 'message.accepted',
    id: 'm1',
    messageId: 'm1',
    from: 'stranger',
    sender: 'ana@example.test',
    recipients: ['bo@example.test'],
    sizeBytes: 4096,
    clientAddress: '192.0.2.1',
    durationMs: 7,
  });
  const { body } = await metrics.render();
  assert.match(body, /^restante_messages_accepted_total\{from="stranger"\} 1$/m);
  assert.match(body, /^restante_messages_accepted_total\{from="peer"\} 0$/m);
  assert.match(body, /^restante_messages_accepted_bytes_total 4096$/m);
  assert.match(body, /^restante_accept_duration_seconds_bucket\{le="0.01"\} 1$/m);
  assert.doesNotMatch(body, /example\.test|192\.0\.2\.1/);
});

test('a deferred recipient is counted by route and cause', async () => {
  const metrics = start();
  const event = {
    name: 'message.deferred',
    id: 'm1',
    route: 'peer:us',
    recipient: 'bo@example.test',
    cause: 'next-hop-unreachable',
    reply: '451 4.4.1 away',
    nextDelayMs: 60_000,
  } as const;
  metrics.record(event);
  metrics.record(event);
  assert.equal(
    await line(metrics, 'restante_messages_deferred_total{'),
    'restante_messages_deferred_total{route="peer:us",cause="next-hop-unreachable"} 2',
  );
});

test('an address given as a reason is counted as "other" and never becomes a label', async () => {
  const metrics = start();
  const refused = { name: 'recipient.refused', code: 550, clientAddress: '192.0.2.1' } as const;
  metrics.record({ ...refused, reason: 'ana@example.test', recipient: 'ana@example.test' });
  metrics.record({ ...refused, reason: 'no such user "x"', recipient: 'x@example.test' });
  assert.equal(
    await line(metrics, 'restante_recipients_refused_total{'),
    'restante_recipients_refused_total{reason="other"} 2',
  );
});

test('label values stay bounded whatever the events say', async () => {
  const metrics = start();
  for (let index = 0; index < 5000; index += 1) {
    metrics.record({
      name: 'session.refused',
      listener: 'smtp',
      clientAddress: '192.0.2.1',
      reason: `reason-${index}`,
    });
  }
  const { body } = await metrics.render();
  const rows = body.split('\n').filter((row) => row.startsWith('restante_sessions_refused_total{'));
  assert.ok(rows.length <= 201, `${rows.length} rows`);
  const sum = rows.reduce((total, row) => total + Number(row.slice(row.lastIndexOf(' '))), 0);
  assert.equal(sum, 5000);
});

test('open sessions are those opened and not yet closed', async () => {
  const metrics = start();
  const session = { listener: 'smtp', clientAddress: '192.0.2.1' };
  metrics.record({ name: 'session.opened', ...session });
  metrics.record({ name: 'session.opened', ...session });
  metrics.record({ name: 'session.closed', ...session, durationMs: 5 });
  assert.equal(
    await line(metrics, 'restante_sessions_open{'),
    'restante_sessions_open{listener="smtp"} 1',
  );
});

test('a gauge is read at the scrape, with and without labels', async () => {
  const metrics = start();
  let held = 3;
  metrics.gauge('restante_spool_held', () => held);
  metrics.gauge('restante_queue_jobs', async () => [
    { labels: { route: 'local', state: 'waiting' }, value: 9 },
  ]);
  assert.equal(await line(metrics, 'restante_spool_held'), 'restante_spool_held 3');
  held = 0;
  assert.equal(await line(metrics, 'restante_spool_held'), 'restante_spool_held 0');
  assert.equal(
    await line(metrics, 'restante_queue_jobs{'),
    'restante_queue_jobs{route="local",state="waiting"} 9',
  );
});

test('a gauge that cannot be read is left out, named, and hides nothing else', async () => {
  const unreadable: string[] = [];
  const metrics = createMetrics({
    site: 'us',
    version: '0.1.0',
    onUnreadable: (name) => unreadable.push(name),
  });
  metrics.gauge('restante_disk_free_bytes', () => {
    throw new Error('statfs failed');
  });
  metrics.gauge('restante_queue_jobs', () => Promise.reject(new Error('Redis is away')));
  metrics.gauge('restante_spool_messages', () => 12);
  assert.equal(await line(metrics, 'restante_disk_free_bytes'), undefined);
  assert.equal(await line(metrics, 'restante_queue_jobs{'), undefined);
  assert.equal(await line(metrics, 'restante_spool_messages'), 'restante_spool_messages 12');
  assert.ok(unreadable.includes('restante_disk_free_bytes'));
  assert.ok(unreadable.includes('restante_queue_jobs'));
});

test('a duration that is no number does not throw into the mail path', async () => {
  const metrics = start();
  for (const durationMs of [Number.NaN, -5, Number.POSITIVE_INFINITY]) {
    metrics.record({ name: 'spool.committed', messages: 1, sizeBytes: 1, durationMs });
  }
  assert.equal(
    await line(metrics, 'restante_spool_commit_duration_seconds_count'),
    'restante_spool_commit_duration_seconds_count 0',
  );
});

test('two sites in one process keep apart', async () => {
  const [here, there] = [start(), start()];
  here.record({ name: 'spool.sync-failed', cause: new Error('EIO') });
  assert.equal(
    await line(here, 'restante_spool_sync_failures_total'),
    'restante_spool_sync_failures_total 1',
  );
  assert.equal(
    await line(there, 'restante_spool_sync_failures_total'),
    'restante_spool_sync_failures_total 0',
  );
});
