// Lists in signatures, folded so that no line is longer than 78 characters (RFC 5322 §2.1.1).

/** h=; `from` is what stands before it on its line. */
export function foldNames(names: readonly string[], from: number): string {
  let line = from;
  return names
    .map((name, index) => {
      line += name.length + 1;
      const separator = index === 0 ? '' : ':';
      if (line <= 76) return `${separator}${name}`;
      line = name.length + 2;
      return `${separator}\r\n\t${name}`;
    })
    .join('');
}

export function foldBase64(base64: string): string {
  return base64.match(/.{1,72}/g)?.join('\r\n\t') ?? '';
}
