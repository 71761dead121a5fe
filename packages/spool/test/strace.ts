// Faults are injected with strace; where that does not work the tests say so by name.
import { execFileSync } from 'node:child_process';

export function whyNoStrace(): string | false {
  const probe = ['-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', 'true'];
  try {
    execFileSync('strace', probe);
    return false;
  } catch (cause) {
    return `faults are injected with strace, which does not work here: ${String(cause).split('\n')[0]}`;
  }
}
