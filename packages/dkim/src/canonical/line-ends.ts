// Empty lines that turned out to count: they were only a number until something followed.
const linesAtOnceMax = 4_096;
const emptyLines = Buffer.from('\r\n'.repeat(linesAtOnceMax));

export function writeLineEnds(count: number, take: (bytes: Buffer) => void): void {
  for (let left = count; left > 0; left -= linesAtOnceMax) {
    take(emptyLines.subarray(0, 2 * Math.min(left, linesAtOnceMax)));
  }
}
