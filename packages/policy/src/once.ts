// Something that costs: found out when the first asks, and the same answer for everybody after him.
export function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => (found ??= find());
}

/** The same for each thing it is asked about. */
export function onceEach<Key extends object, T>(find: (key: Key) => T): (key: Key) => T {
  const found = new Map<Key, T>();
  return (key) => {
    const known = found.get(key);
    if (known !== undefined) return known;
    const answer = find(key);
    found.set(key, answer);
    return answer;
  };
}
