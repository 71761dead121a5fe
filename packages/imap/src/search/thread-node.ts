// The forest of the THREAD algorithms (RFC 5256 §3): containers, and how the answer is written.
//
// Depth is the senders' choice (a conversation of a hundred thousand replies is one long chain), so nothing here calls
// itself: every walk keeps its own stack.

/** What threads hang on, of one message. */
export interface ThreadSubject {
  /** What the answer shows: UID or sequence number. */
  readonly id: number;
  /** RFC 5256 §2.2: the Date header, or INTERNALDATE. */
  readonly sentAtMs: number;
  /** As it stands in the header. */
  readonly subject: string;
  readonly messageId?: string;
  readonly references: readonly string[];
}

export interface ThreadNode {
  /** Absent in a dummy: somebody referred to it, and it is not here. */
  message: ThreadSubject | undefined;
  parent: ThreadNode | undefined;
  children: ThreadNode[];
}

export function threadNode(message?: ThreadSubject): ThreadNode {
  return { message, parent: undefined, children: [] };
}

/** Every node below the roots, children before their parents. */
export function childrenFirst(roots: readonly ThreadNode[]): readonly ThreadNode[] {
  const order: ThreadNode[] = [];
  const stack = [...roots];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    order.push(node);
    for (const child of node.children) stack.push(child);
  }
  return order.reverse();
}

/** RFC 5256 §3 steps 4 and 6: by sent date, a dummy by its first child; equal ones by sequence number. */
export function byDate(left: ThreadNode, right: ThreadNode): number {
  const [a, b] = [left.message ?? firstBelow(left), right.message ?? firstBelow(right)];
  if (a === undefined || b === undefined) return 0;
  return a.sentAtMs - b.sentAtMs || a.id - b.id;
}

/** A dummy has a message one level down: step 3 promotes the children of dummies, step 5 makes dummies over messages. */
function firstBelow(node: ThreadNode): ThreadSubject | undefined {
  return node.children[0]?.message;
}

/** RFC 5256 §5: thread-list, "(2)(3 6 (4 23)(44 7 96))". */
export function threadList(roots: readonly ThreadNode[]): string {
  const out: string[] = [];
  const stack: (ThreadNode | ')')[] = [];
  // Below each node lies the parenthesis that ends it.
  const pushLists = (nodes: readonly ThreadNode[]): void => {
    for (const node of nodes.toReversed()) stack.push(')', node);
  };
  pushLists(roots);
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    if (step === ')') {
      out.push(step);
      continue;
    }
    const line = onlyChildren(step);
    const ids = line.flatMap(({ message }) => (message === undefined ? [] : [message.id]));
    out.push('(', ids.join(' '));
    const branches = line.at(-1)?.children ?? [];
    if (branches.length > 0 && ids.length > 0) out.push(' ');
    pushLists(branches);
  }
  return out.join('');
}

/** A node and what follows it while there is no choice: these stand in one list. */
function onlyChildren(from: ThreadNode): readonly ThreadNode[] {
  const line: ThreadNode[] = [];
  let node: ThreadNode | undefined = from;
  for (; node !== undefined; node = node.children.length === 1 ? node.children[0] : undefined) {
    line.push(node);
  }
  return line;
}
