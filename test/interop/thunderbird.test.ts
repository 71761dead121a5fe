// Thunderbird with nothing but an address and a password: it finds the settings, sets itself up, reads, moves and sends.
// RESTANTE_KEEP keeps a screenshot in the cluster's directory.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../kit/cluster.ts';
import { personAt, portOf, writeTo } from '../kit/person.ts';
import { whyMissing } from '../kit/programs.ts';
import { until } from '../kit/until.ts';
import { Thunderbird } from './thunderbird.ts';

interface Found {
  readonly hostname: string;
  readonly port: number;
  readonly socketType: number;
  readonly username: string;
}

const imports = `
  const { MailServices } = ChromeUtils.importESModule('resource:///modules/MailServices.sys.mjs');
  const inboxOf = () => {
    const { rootFolder } = MailServices.accounts.accounts.find(
      ({ incomingServer }) => incomingServer.type === 'imap').incomingServer;
    return rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
  };
  const untilDone = (begin) => new Promise((resolve, reject) => begin({
    OnStartRunningUrl() {},
    OnStopRunningUrl(url, status) { Components.isSuccessCode(status) ? resolve() : reject(new Error('status ' + status)); },
  }));
`;

const trustTheSite = `
  const database = Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB);
  database.addCertFromBase64(args[0], 'C,C,C');
`;

// What its account setup does with what somebody typed, one module after the other.
const setUp = `
  const load = (name) => ChromeUtils.importESModule('resource:///modules/accountcreation/' + name + '.sys.mjs');
  const { FindConfig } = load('FindConfig');
  const { AccountConfig } = load('AccountConfig');
  const { ConfigVerifier } = load('ConfigVerifier');
  const { CreateInBackend } = load('CreateInBackend');
  const [address, password] = args;
  const search = FindConfig.parallelAutoDiscovery(
    address.split('@')[1], address, new AbortController().signal, password);
  const { value: config } = await search.next();
  if (!config) throw new Error('no settings were found');
  AccountConfig.replaceVariables(config, 'Ana', address, password);
  config.incoming.password = config.outgoing.password = password;
  config.rememberPassword = true;
  const { msgWindow } = Services.wm.getMostRecentWindow('mail:3pane');
  const verified = await new ConfigVerifier(msgWindow, new AbortController().signal).verifyConfig(config, false);
  await CreateInBackend.createAccountInBackend(verified);
  return [config.incoming, config.outgoing].map(
    ({ hostname, port, socketType, username }) => ({ hostname, port, socketType, username }));
`;

const readInbox = `${imports}
  const inbox = inboxOf();
  const { msgWindow } = Services.wm.getMostRecentWindow('mail:3pane');
  await untilDone((listener) =>
    inbox.QueryInterface(Ci.nsIMsgImapMailFolder).updateFolderWithListener(msgWindow, listener));
  return Array.from(inbox.messages, (header) => header.mime2DecodedSubject);
`;

const readBody = `${imports}
  const inbox = inboxOf();
  const header = Array.from(inbox.messages).find(({ subject }) => subject === args[0]);
  const uri = inbox.getUriForMsg(header);
  return new Promise((resolve, reject) => {
    let text = '';
    MailServices.messageServiceFromURI(uri).streamMessage(uri, {
      QueryInterface: ChromeUtils.generateQI(['nsIStreamListener', 'nsIRequestObserver']),
      onStartRequest() {},
      onDataAvailable(request, stream, offset, count) {
        const reader = Cc['@mozilla.org/scriptableinputstream;1'].createInstance(Ci.nsIScriptableInputStream);
        reader.init(stream);
        text += reader.read(count);
      },
      onStopRequest(request, status) {
        Components.isSuccessCode(status) ? resolve(text) : reject(new Error('status ' + status));
      },
    }, null, null, false, '', false);
  });
`;

const moveToArchive = `${imports}
  const inbox = inboxOf();
  const header = Array.from(inbox.messages).find(({ subject }) => subject === args[0]);
  const archive = inbox.rootFolder.subFolders.find(({ name }) => /^Archive/.test(name));
  if (!archive) throw new Error('folders: ' + inbox.rootFolder.subFolders.map(({ name }) => name));
  await new Promise((resolve, reject) => MailServices.copy.copyMessages(inbox, [header], archive, true, {
    QueryInterface: ChromeUtils.generateQI(['nsIMsgCopyServiceListener']),
    onStartCopy() {}, onProgress() {}, setMessageKey() {}, getMessageId() { return null; },
    onStopCopy(status) { Components.isSuccessCode(status) ? resolve() : reject(new Error('status ' + status)); },
  }, null, false));
`;

const send = `${imports}
  const { identity } = MailServices.accounts.accounts.map((account) => ({
    identity: account.defaultIdentity })).find(({ identity }) => identity);
  const fields = Cc['@mozilla.org/messengercompose/composefields;1'].createInstance(Ci.nsIMsgCompFields);
  fields.from = identity.email;
  fields.to = args[0];
  fields.subject = args[1];
  fields.body = 'Written by Thunderbird.\\r\\n';
  fields.useMultipartAlternative = false;
  fields.forcePlainText = true;
  const params = Cc['@mozilla.org/messengercompose/composeparams;1'].createInstance(Ci.nsIMsgComposeParams);
  params.composeFields = fields;
  params.identity = identity;
  params.format = Ci.nsIMsgCompFormat.PlainText;
  const compose = Cc['@mozilla.org/messengercompose/compose;1'].createInstance(Ci.nsIMsgCompose);
  compose.initialize(params);
  await compose.sendMsg(Ci.nsIMsgSend.nsMsgDeliverNow, identity, '', null, null);
`;

test(
  'Thunderbird sets itself up by autoconfig, reads, moves and sends',
  { skip: whyMissing('thunderbird', 'Xvfb') },
  async () => {
    await using cluster = await startCluster();
    const person = personAt(cluster, 'shanghai');
    const { web = '', imaps, submissions } = cluster.site('shanghai');
    for (const subject of ['read me', 'move me']) await writeTo(cluster, person, subject);
    await using bird = await Thunderbird.open({ dir: join(cluster.dir, 'thunderbird'), web });
    const ca = new X509Certificate(await readFile(cluster.endpoints.ca));
    await bird.run(trustTheSite, ca.raw.toString('base64'));

    const [incoming, outgoing] = await bird.run<readonly Found[]>(
      setUp,
      person.address,
      person.password,
    );
    const settings = { hostname: person.hostName, socketType: 3, username: person.address };
    assert.deepEqual(incoming, { ...settings, port: portOf(imaps) });
    assert.deepEqual(outgoing, { ...settings, port: portOf(submissions) });
    assert.ok(bird.asked.includes('autoconfig.shanghai.example/mail/config-v1.1.xml'));

    const read = async () => (await bird.run<readonly string[]>(readInbox)).toSorted();
    await until(async () => (await read()).length === 2, { what: 'it shows both' });
    assert.deepEqual(await read(), ['move me', 'read me']);
    assert.match(await bird.run<string>(readBody, 'read me'), /\r?\n\r?\nHello\.\r?\n/);
    await bird.run(moveToArchive, 'move me');
    await until(async () => (await read()).length === 1, { what: 'one is left' });
    const archived = async () =>
      (await cluster.maildirs('shanghai')).filter(({ path }) => path.includes('/.Archive/'));
    await until(async () => (await archived())[0]?.header('Subject') === 'move me', {
      what: 'the other is in the archive',
    });

    const to = personAt(cluster, 'us');
    await bird.run(send, to.address, 'sent by thunderbird');
    await until(
      async () =>
        (await cluster.maildirs('us')).some(
          (mail) => mail.header('Subject') === 'sent by thunderbird',
        ),
      { what: 'it arrives', deadlineMs: 60_000 },
    );
    await until(
      async () =>
        (await cluster.maildirs('shanghai')).some(
          (mail) =>
            mail.path.includes('/.Sent/') && mail.header('Subject') === 'sent by thunderbird',
        ),
      { what: 'its copy is in Sent' },
    );
    if (process.env['RESTANTE_KEEP'] !== undefined)
      await writeFile(join(cluster.dir, 'thunderbird.png'), await bird.look());
  },
);
