// Prometheus, asked from inside its network: are both sites scraped, and did it load the alerts of deploy/?
import assert from 'node:assert/strict';
import { until } from '../kit/until.ts';
import type { Project } from './project.ts';

interface Targets {
  readonly data: {
    readonly activeTargets: readonly {
      readonly labels: { readonly site?: string };
      readonly health: string;
      readonly lastError: string;
    }[];
  };
}

interface Rules {
  readonly data: {
    readonly groups: readonly { readonly name: string; readonly rules: readonly unknown[] }[];
  };
}

/** Ends with a sentence of what was seen. */
export async function seePrometheus(project: Project): Promise<string> {
  const sites = ['shanghai', 'us'];
  await until(
    async () => {
      const { data } = await ask<Targets>(project, 'targets');
      const up = data.activeTargets.filter(({ health }) => health === 'up');
      const seen = up.map(({ labels }) => labels.site ?? '').toSorted();
      if (sites.every((site) => seen.includes(site))) return true;
      throw new Error(data.activeTargets.map(({ lastError }) => lastError).join('; '));
    },
    { what: 'Prometheus reaches both sites', deadlineMs: 60_000, everyMs: 1000 },
  );
  const { data } = await ask<Rules>(project, 'rules');
  const groups = data.groups.filter(({ name }) => name.startsWith('restante-'));
  const count = groups.reduce((total, { rules }) => total + rules.length, 0);
  assert.ok(groups.length >= 4 && count >= 10, `only ${count} alerts in ${groups.length} groups`);
  return `Prometheus reaches ${sites.join(' and ')}, and watches ${count} alerts`;
}

async function ask<T>(project: Project, what: string): Promise<T> {
  const script = `console.log(await (await fetch('http://prometheus:9090/api/v1/${what}')).text())`;
  const words = ['exec', '-T', 'shanghai', 'node', '--input-type=module', '-e', script];
  return JSON.parse(await project.read(words)) as T;
}
