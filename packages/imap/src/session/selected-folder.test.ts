import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Folder, FolderChange, Message } from '@restante/mailbox-store';
import { parseSequenceSet } from '../wire/sequence-set.ts';
import { SelectedFolder } from './selected-folder.ts';

function message(uid: number, flags: readonly string[] = []): Message {
  const emailId = `M${uid}`;
  return { uid, modseq: uid, flags, sizeBytes: 1, receivedAtMs: 0, savedAtMs: 0, emailId };
}

/** As much of a folder as a view looks at: its messages and its feed. */
function folderOf(...uids: readonly number[]) {
  let listener: (change: FolderChange) => void = () => undefined;
  let messages: readonly Message[] = uids.map((uid) => message(uid));
  const folder = {
    get messages() {
      return messages;
    },
    onChange: (heard: typeof listener) => {
      listener = heard;
      return { [Symbol.dispose]: () => undefined };
    },
  };
  return {
    view: new SelectedFolder(folder as unknown as Folder, { isReadOnly: false }),
    folder,
    change({ appeared = [], changed = [], vanished = [] }: Partial<FolderChange>): void {
      const newer = new Map(changed.map((each) => [each.uid, each]));
      messages = [
        ...messages
          .filter(({ uid }) => !vanished.includes(uid))
          .map((each) => newer.get(each.uid) ?? each),
        ...appeared,
      ];
      listener({ appeared, changed, vanished, highestModseq: 100 });
    },
  };
}

const told = { mayExpunge: true };

test('a number means the same message until its EXPUNGE was told (RFC 3501 §7.4.1)', () => {
  const { view, change } = folderOf(10, 20, 30);
  change({ vanished: [10] });
  assert.equal(view.at(3)?.uid, 30);
  assert.deepEqual(view.takePending({ mayExpunge: false }).expunged, []);
  assert.equal(view.exists, 3);
  const { expunged, vanished, exists } = view.takePending(told);
  assert.deepEqual([expunged, vanished, exists], [[1], [10], undefined]);
  assert.equal(view.at(2)?.uid, 30);
});

test('several are expunged from the last to the first, so that each number is right', () => {
  const { view, change } = folderOf(10, 20, 30, 40);
  change({ vanished: [20] });
  change({ vanished: [10, 40] });
  assert.deepEqual(view.takePending(told).expunged, [4, 2, 1]);
  assert.equal(view.hasPending, false);
});

test('new mail has no number before EXISTS was told, and what came and went never was', () => {
  const { view, change } = folderOf(10);
  change({ appeared: [message(20)] });
  assert.equal(view.at(2), undefined);
  assert.equal(view.sequenceOf(20), undefined);
  change({ vanished: [10] });
  change({ appeared: [message(30)] });
  change({ vanished: [20] });
  const first = view.takePending({ mayExpunge: false });
  assert.equal(first.exists, 2);
  assert.equal(view.at(2)?.uid, 30);
  assert.deepEqual(view.takePending(told).expunged, [1]);
  assert.equal(view.at(1)?.uid, 30);
});

test('flags are the newest, and are told once however often they changed', () => {
  const { view, change } = folderOf(10, 20);
  change({ changed: [message(20, ['\\Seen'])] });
  change({ changed: [message(20, ['\\Flagged'])] });
  assert.deepEqual(view.at(2)?.flags, ['\\Flagged']);
  const { changed } = view.takePending(told);
  assert.deepEqual(
    changed.map(({ sequence, message: { flags } }) => [sequence, flags]),
    [[2, ['\\Flagged']]],
  );
  assert.equal(view.hasPending, false);
});

test('nothing is copied while nothing was expunged', () => {
  const { view, folder, change } = folderOf(10, 20);
  change({ appeared: [message(30)] });
  view.takePending(told);
  assert.equal(view.at(3), folder.messages[2]);
});

test('sets name messages by number or UID, and nobody counts to four thousand million (RFC 3501 §9)', () => {
  const { view } = folderOf(10, 20, 30);
  const select = (text: string, by: 'uid' | 'sequence') => {
    const set = parseSequenceSet(text);
    assert.ok(set !== undefined);
    return [...view.select(set, by)];
  };
  assert.deepEqual(select('1:4294967295', 'uid'), [1, 2, 3]);
  assert.deepEqual(select('559:*', 'uid'), [3]);
  assert.deepEqual(select('15,30:25,1', 'uid'), [3]);
  assert.deepEqual(select('*,1', 'sequence'), [1, 3]);
  assert.throws(() => select('4', 'sequence'));
  view.savedUids = [10, 15, 30];
  assert.deepEqual(select('$', 'sequence'), [1, 3]);
  const empty = folderOf().view;
  assert.deepEqual([...empty.ranges([{ first: 1, last: Infinity }], 'sequence')], []);
});
