// restante doctor: what a site found out about itself, for people and for scripts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DoctorDiagnosis, DoctorFinding } from '@restante/site-api';
import { run } from './in-process.ts';
import { serveCluster } from './served-cluster.ts';

const fine: DoctorFinding = {
  check: 'mx',
  subject: 'us.example',
  state: 'fine',
  found: 'They are 10 mx.us.example and 20 mx.shanghai.example.',
};
const listed: DoctorFinding = {
  check: 'listed',
  subject: '192.0.2.10 on bl.example',
  state: 'problem',
  found: 'Listed (127.0.0.4): see https://bl.example/\u001b[2J',
  remedy: 'Ask bl.example to remove the entry.',
};

function doctorWith(...findings: readonly DoctorFinding[]) {
  const diagnosis: DoctorDiagnosis = { site: 'us', atMs: 1, findings };
  const asked: string[] = [];
  return {
    asked,
    run: async () => {
      asked.push('run');
      return diagnosis;
    },
    last: async () => {
      asked.push('last');
      return diagnosis;
    },
  };
}

test('doctor shows what is not fine with what to do, and is a problem found (exit code 1)', async () => {
  await using cluster = await serveCluster({ doctor: doctorWith(fine, listed) });
  const { stdout, exitCode } = await run(['doctor', 'us', '--dir', cluster.dir]);
  assert.equal(exitCode, 1);
  assert.match(stdout, /^problem +listed +192\.0\.2\.10 on bl\.example +Listed .*\(seen at us\)$/m);
  assert.match(stdout, /What to do\n/);
  assert.match(stdout, / {4}Ask bl\.example to remove the entry\./);
  assert.ok(!stdout.includes('mx.us.example and 20'), 'what is fine is counted');
  assert.match(stdout, /\d+ problems?, \d+ notices?, \d+ unknown, \d+ fine\.\n$/);
  assert.ok(!stdout.includes('\u001b'), 'a list cannot write on the terminal');
});

test('doctor --all shows what is fine as well; --last does not look again', async () => {
  const doctor = doctorWith(fine);
  await using cluster = await serveCluster({ doctor });
  const { stdout } = await run(['doctor', 'us', '--all', '--last', '--dir', cluster.dir]);
  assert.match(stdout, /^fine +mx +us\.example/m);
  assert.deepEqual(doctor.asked, ['last']);
});

test('doctor --json is a list of findings with the site that looked', async () => {
  await using cluster = await serveCluster({ doctor: doctorWith(fine, listed) });
  const { stdout } = await run(['doctor', '--json', '--dir', cluster.dir]);
  const seen = JSON.parse(stdout) as readonly { site?: string; check: string; state: string }[];
  const found = seen.find(({ check }) => check === 'listed');
  assert.deepEqual([found?.site, found?.state], ['us', 'problem']);
  const away = seen.find(({ check, site }) => check === 'doctor' && site === 'shanghai');
  assert.equal(away?.state, 'unknown', 'a site that is away is not fine');
});

test('a site nobody knows is wrong use (exit code 2)', async () => {
  await using cluster = await serveCluster();
  assert.equal((await run(['doctor', 'mars', '--dir', cluster.dir])).exitCode, 2);
});
