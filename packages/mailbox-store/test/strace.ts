// Whether calls of a process can be made to fail here.
import { execFileSync } from 'node:child_process';

export function whyNoStrace(): string | undefined {
  try {
    execFileSync('strace', ['-qq', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'strace is missing or may not trace here';
  }
}
