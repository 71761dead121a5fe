// What holds for the mail of one home: the lists it believes, the checks with its settings, the mark it wants. The side door is closed: a
// backup judges by the rules of the home whose mail it takes, so what the home would refuse, its backup refuses too.
import type { BlockLists } from '@restante/block-lists';
import type { Checks } from './build-checks.ts';

export interface Rules extends Checks {
  readonly lists: Pick<BlockLists, 'address' | 'domain'>;
  /** Put before the Subject of definite spam; '' for none. */
  readonly subjectMark: string;
}
