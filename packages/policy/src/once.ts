// Something that costs: found out when the first asks, and the same answer for everybody after him.
export function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => (found ??= find());
}
