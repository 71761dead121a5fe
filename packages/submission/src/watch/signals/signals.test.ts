import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchSettings } from '../sending-watch.ts';
import { scoreOf, signals } from './index.ts';
import type { Picture } from './signal.ts';

const settings: WatchSettings = {
  action: 'suspend',
  suspendPoints: 100,
  notifyPoints: 60,
  windowMs: 3_600_000,
  learnMs: 1,
  newRecipientsMin: 50,
  bouncesMin: 10,
};

interface Seen {
  readonly sums?: Partial<Picture['sums']>;
  readonly usual?: Partial<Picture['usual']>;
}

const picture = ({ sums = {}, usual = {} }: Seen): Picture => ({
  settings,
  sums: {
    messages: 0,
    recipients: 0,
    fresh: 0,
    delivered: 0,
    rejected: 0,
    unknown: 0,
    spam: 0,
    networks: 1,
    ...sums,
  },
  usual: {
    isLearned: true,
    newNetworks: 0,
    newPrograms: 0,
    recipientsToday: 0,
    freshToday: 0,
    recipientsOfBestDay: 0,
    ...usual,
  },
});
const points = (seen: Seen) => scoreOf(picture(seen)).points;

test('an ordinary day has no points, a young account none for what is new', () => {
  assert.equal(points({ sums: { recipients: 30, fresh: 10, delivered: 28, rejected: 2 } }), 0);
  const usual = { isLearned: false, newNetworks: 4, newPrograms: 3, recipientsToday: 900 };
  assert.equal(points({ usual }), 0);
});

test('no signal alone suspends somebody, but a scanner that is sure three times', () => {
  const extreme: Seen = {
    sums: { networks: 99, fresh: 9e6, recipients: 9e6, rejected: 9e6, unknown: 9e6, spam: 9e6 },
    usual: { newNetworks: 99, newPrograms: 99, recipientsToday: 9e6, freshToday: 9e6 },
  };
  for (const { name, judge } of signals) {
    const found = judge(picture(extreme));
    assert.ok(found !== undefined, `${name} sees nothing`);
    assert.ok(name === 'spam-score' || found.points < settings.suspendPoints, name);
    assert.match(found.says, /\d/, 'a sentence with its numbers');
  }
});

test('a thief: three networks and a strange program need 75 strangers, one of each 150', () => {
  const thief = (networks: number, sent: number) =>
    points({
      sums: { networks, recipients: sent, fresh: sent },
      usual: {
        newNetworks: networks,
        newPrograms: 1,
        recipientsToday: sent,
        freshToday: sent,
        recipientsOfBestDay: 5,
      },
    });
  assert.ok(thief(3, 74) < 100);
  assert.ok(thief(3, 75) >= 100);
  assert.ok(thief(1, 149) < 100);
  assert.ok(thief(1, 150) >= 100);
});

test('a virus at home, where the network is known, needs 200 strangers', () => {
  const virus = (sent: number) =>
    points({
      sums: { recipients: sent, fresh: sent },
      usual: { newPrograms: 1, recipientsToday: sent, recipientsOfBestDay: 5 },
    });
  assert.ok(virus(199) < 100);
  assert.ok(virus(200) >= 100);
});

test('a newsletter with a worn list, a wedding and a journey are told of at most', () => {
  const worn = {
    sums: { recipients: 500, delivered: 390, rejected: 110 },
    usual: { recipientsToday: 500, recipientsOfBestDay: 500 },
  };
  assert.ok(points(worn) < 60);
  const wedding = {
    sums: { recipients: 150, fresh: 150 },
    usual: { recipientsToday: 150, recipientsOfBestDay: 6 },
  };
  assert.ok(points(wedding) >= 60 && points(wedding) < 100);
  const journey = { sums: { networks: 3 }, usual: { newNetworks: 3, newPrograms: 1 } };
  assert.ok(points(journey) < 100);
});

test('who is slow is met by the day', () => {
  const slow = (today: number) =>
    points({
      sums: { recipients: 20, fresh: 20 },
      usual: { recipientsToday: today, freshToday: today, recipientsOfBestDay: 5 },
    });
  assert.equal(slow(60), 0);
  assert.ok(slow(450) >= 60);
});

test('few refusals say nothing, whatever their share', () => {
  assert.equal(points({ sums: { rejected: 9, delivered: 0 } }), 0);
  assert.equal(points({ sums: { rejected: 10, delivered: 90 } }), 0);
  assert.equal(points({ sums: { rejected: 40, delivered: 60 } }), 60);
});
