// THREAD=REFERENCES (RFC 5256 §3): who answered whom, by Message-ID, References and In-Reply-To.
//
// Promise: close to linear in the number of ids, whatever they say. Loops are found with a union-find over the trees instead
// of walking up from each parent, which a hostile chain would make quadratic.
//
// One reading of the text: a message that is here says itself who its parent is. References of others speak only for ids that are not
// here, and for messages that came before and named nobody. That is what step 1 ends with, where links are made and broken again.
import { baseSubject, type BaseSubject } from '@restante/mime';
import { collationKey } from './collation-key.ts';
import {
  byDate,
  childrenFirst,
  threadNode,
  type ThreadNode,
  type ThreadSubject,
} from './thread-node.ts';

export function threadByReferences(messages: readonly ThreadSubject[]): readonly ThreadNode[] {
  const nodes = linkByReferences(messages);
  // Step 2: whoever has no parent is a root.
  const roots = pruneDummies(nodes.filter((node) => node.parent === undefined));
  // Step 4.
  roots.sort(byDate);
  const merged = mergeSubjects(roots);
  sortSiblings(merged);
  return merged;
}

/** Step 1. */
function linkByReferences(messages: readonly ThreadSubject[]): readonly ThreadNode[] {
  const forest = new Forest();
  const own = messages.map((message) => forest.nodeOf(message));
  const isStillToCome = new Set(own);
  for (const [index, { references }] of messages.entries()) {
    const node = own[index] as ThreadNode;
    // Step 1.A: the references among themselves, oldest first.
    let last: ThreadNode | undefined;
    for (const id of references) {
      const next = forest.named(id);
      if (last !== undefined && !isStillToCome.has(next)) forest.link(last, next);
      last = next;
    }
    // Step 1.B: the last one is the parent.
    isStillToCome.delete(node);
    if (last !== undefined) forest.link(last, node);
  }
  return forest.nodes;
}

/** Nodes by Message-ID, and the links that make no loop. */
class Forest {
  readonly nodes: ThreadNode[] = [];
  readonly #byId = new Map<string, ThreadNode>();
  readonly #up = new Map<ThreadNode, ThreadNode>();

  /** RFC 5256 §3 step 1: a message without an id, or with somebody else's, gets one that nobody refers to. */
  nodeOf(message: ThreadSubject): ThreadNode {
    const { messageId } = message;
    const node = threadNode(message);
    this.nodes.push(node);
    if (messageId !== undefined && !this.#byId.has(messageId)) this.#byId.set(messageId, node);
    return node;
  }

  named(id: string): ThreadNode {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const node = threadNode();
    this.nodes.push(node);
    this.#byId.set(id, node);
    return node;
  }

  /** Step 1.A: not when the child has a parent already, and not when it would close a loop. */
  link(parent: ThreadNode, child: ThreadNode): void {
    if (child.parent !== undefined || this.#root(parent) === child) return;
    child.parent = parent;
    parent.children.push(child);
    this.#up.set(child, parent);
  }

  /** The top of a node's tree; paths are halved on the way, so that it stays near. A child linked is always a root. */
  #root(from: ThreadNode): ThreadNode {
    let node = from;
    for (let above = this.#up.get(node); above !== undefined; above = this.#up.get(node)) {
      const next = this.#up.get(above);
      if (next !== undefined) this.#up.set(node, next);
      node = next ?? above;
    }
    return node;
  }
}

/** Step 3: dummies without children go; those with children give them to their parent (to the top only an only child). */
function pruneDummies(roots: readonly ThreadNode[]): ThreadNode[] {
  const isDummy = ({ message }: ThreadNode): boolean => message === undefined;
  for (const node of childrenFirst(roots)) {
    const [only] = node.children;
    // A line of dummies hands one list upwards without copying it.
    if (only !== undefined && node.children.length === 1) {
      if (isDummy(only)) node.children = only.children;
    } else if (node.children.some(isDummy)) {
      node.children = node.children.flatMap((child) => (isDummy(child) ? child.children : [child]));
    }
  }
  return roots.flatMap((root) =>
    isDummy(root) && root.children.length < 2 ? root.children : [root],
  );
}

/** Step 5: threads that share a base subject are one. */
function mergeSubjects(roots: readonly ThreadNode[]): ThreadNode[] {
  const subjects = new Map(roots.map((root) => [root, subjectOf(root)]));
  const table = subjectTable(subjects);
  const tops = new Set(roots);
  for (const [root, subject] of subjects) {
    const first = table.get(subject.text);
    if (subject.text === '' || first === undefined || first === root) continue;
    tops.delete(root);
    if (first.message === undefined) {
      if (root.message === undefined) for (const child of root.children) first.children.push(child);
      else first.children.push(root);
    } else if (subject.isReplyOrForward && subjects.get(first)?.isReplyOrForward !== true) {
      first.children.push(root);
    } else {
      // Both say the same and neither answers the other: a new dummy over them, where the first one was.
      const { message, children } = first;
      const moved = { message, children, parent: first };
      first.message = undefined;
      first.children = [moved, root];
    }
  }
  return [...tops];
}

/** Step 5.B: the one thread that stands for each subject; a dummy before a message, a message before a reply. */
function subjectTable(
  subjects: ReadonlyMap<ThreadNode, BaseSubject>,
): ReadonlyMap<string, ThreadNode> {
  const table = new Map<string, ThreadNode>();
  for (const [root, { text, isReplyOrForward }] of subjects) {
    if (text === '') continue;
    const first = table.get(text);
    const isBetter =
      first === undefined ||
      (root.message === undefined && first.message !== undefined) ||
      (first.message !== undefined &&
        subjects.get(first)?.isReplyOrForward === true &&
        !isReplyOrForward);
    if (isBetter) table.set(text, root);
  }
  return table;
}

/** In the order and equality of i;unicode-casemap (RFC 5256 §3). */
function subjectOf(root: ThreadNode): BaseSubject {
  const subject = baseSubject((root.message ?? root.children[0]?.message)?.subject ?? '');
  return { ...subject, text: collationKey(subject.text) };
}

/** Step 6: siblings by date on every level; children first, so that a dummy knows its first child. */
function sortSiblings(roots: ThreadNode[]): void {
  for (const node of childrenFirst(roots)) if (node.children.length > 1) node.children.sort(byDate);
  roots.sort(byDate);
}
