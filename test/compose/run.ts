// docker-compose.yml for real: builds the image, brings everything up, runs the drill, asks Prometheus whom it reaches, and
// takes everything down again, also after a failure. Exit 0: passed, or skipped with the reason; 1: failed.
//
//   pnpm test:compose            needs an engine that answers, and compose 1.29 or 2
import { describeSkip, findCompose } from './find-compose.ts';
import { projectFor } from './project.ts';
import { seePrometheus } from './see-prometheus.ts';

const say = (sentence: string) => console.log(`compose: ${sentence}`);
const startedMs = performance.now();
const elapsed = () => `${((performance.now() - startedMs) / 1000).toFixed(0)} s`;

const found = await findCompose();
if ('missing' in found) {
  say(describeSkip(found.missing));
} else {
  await using project = projectFor(found.compose);
  say(`${found.compose.join(' ')}, project ${project.name}`);
  try {
    await project.run(['build'], { quietly: true });
    say(`image built (${elapsed()})`);
    await project.run(['up', '-d'], { quietly: true });
    say(`everything started (${elapsed()})`);
    const drill = ['--profile', 'drill-primary-down', 'run', '--rm', '-T', 'drill-primary-down'];
    await project.run(drill);
    say(`drill passed (${elapsed()})`);
    say(`${await seePrometheus(project)} (${elapsed()})`);
    await project.run(['exec', '-T', 'shanghai', 'restante', '--site', 'shanghai', 'doctor']);
    say(`passed (${elapsed()})`);
  } catch (failure) {
    process.exitCode = 1;
    say(
      `FAILED after ${elapsed()}: ${failure instanceof Error ? failure.message : String(failure)}`,
    );
    await project
      .run(['logs', '--no-color', '--tail', '40', 'shanghai', 'us'])
      .catch(() => undefined);
  }
}
