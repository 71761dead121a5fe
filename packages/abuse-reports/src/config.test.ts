import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contactIsAnAddress, whoSendsReportsCanBeAsked } from './config.ts';

const quiet = { sendsDmarcReports: false, sendsComplaints: false };

test('contactIsAnAddress', () => {
  assert.equal(contactIsAnAddress(quiet), undefined);
  assert.equal(contactIsAnAddress({ ...quiet, contact: 'postmaster@our.test' }), undefined);
  for (const contact of ['postmaster', 'a b@our.test', 'ä@our.test', ''])
    assert.equal(contactIsAnAddress({ ...quiet, contact })?.field, 'contact');
});

test('whoSendsReportsCanBeAsked', () => {
  const contact = 'postmaster@our.test';
  assert.equal(whoSendsReportsCanBeAsked(quiet), undefined);
  assert.equal(whoSendsReportsCanBeAsked({ ...quiet, sendsComplaints: true })?.field, 'contact');
  assert.equal(whoSendsReportsCanBeAsked({ ...quiet, sendsDmarcReports: true })?.field, 'contact');
  assert.equal(
    whoSendsReportsCanBeAsked({ sendsComplaints: true, sendsDmarcReports: true, contact }),
    undefined,
  );
});
