// The base subject of RFC 5256 §2.1: what is left of a subject without "Re:", "[list]" and "(fwd)".
//
// Promise: linear in the length of the subject, however many prefixes somebody piled up; two positions move towards each
// other and nothing is copied on the way.

export interface BaseSubject {
  readonly text: string;
  /** Something that means reply or forward was taken off (RFC 5256 §3, step 5). */
  readonly isReplyOrForward: boolean;
}

/** Of a subject whose encoded words are decoded already (the first half of step 1). */
export function baseSubject(decoded: string): BaseSubject {
  // Step 1: tabs and folds become spaces, several of them one.
  const text = decoded.replace(/[\t\r\n ]+/g, ' ');
  const span = { text, start: 0, end: text.length, isReplyOrForward: false };
  do {
    cutTrailers(span);
    cutLeaders(span);
  } while (unwrapForward(span));
  return { text: text.slice(span.start, span.end), isReplyOrForward: span.isReplyOrForward };
}

interface Span {
  readonly text: string;
  start: number;
  end: number;
  isReplyOrForward: boolean;
}

/** Step 2: subj-trailer = "(fwd)" / WSP. */
function cutTrailers(span: Span): void {
  for (;;) {
    if (span.end > span.start && span.text[span.end - 1] === ' ') {
      span.end -= 1;
    } else if (endsWithFwd(span)) {
      span.end -= 5;
      span.isReplyOrForward = true;
    } else {
      return;
    }
  }
}

function endsWithFwd({ text, start, end }: Span): boolean {
  return end - start >= 5 && text.slice(end - 5, end).toLowerCase() === '(fwd)';
}

/**
 * Steps 3 to 5: subj-leader = (*subj-blob subj-refwd) / WSP, and blobs before something else. A run of blobs without a
 * "re" behind it is cut as a whole: step 4 would take its blobs one by one and find the same end each time.
 */
function cutLeaders(span: Span): void {
  for (;;) {
    while (span.start < span.end && span.text[span.start] === ' ') span.start += 1;
    const blobs = afterBlobs(span);
    const leader = afterRefwd(span, blobs.end);
    if (leader !== undefined) {
      span.start = leader;
      span.isReplyOrForward = true;
      continue;
    }
    // Step 4: a blob goes only when something is left behind it.
    span.start = blobs.end < span.end ? blobs.end : blobs.lastStart;
    return;
  }
}

function afterBlobs(span: Span): { readonly end: number; readonly lastStart: number } {
  let [end, lastStart] = [span.start, span.start];
  for (;;) {
    const next = afterBlob(span, end);
    if (next === undefined) return { end, lastStart };
    lastStart = end;
    end = next;
  }
}

/** subj-blob = "[" *BLOBCHAR "]" *WSP; the position behind it. */
function afterBlob({ text, end }: Span, from: number): number | undefined {
  if (text[from] !== '[') return undefined;
  let at = from + 1;
  while (at < end && text[at] !== '[' && text[at] !== ']') at += 1;
  if (at >= end || text[at] !== ']') return undefined;
  at += 1;
  while (at < end && text[at] === ' ') at += 1;
  return at;
}

/** subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"; the position behind it. */
function afterRefwd(span: Span, from: number): number | undefined {
  const word = /^(?:re|fwd?)/i.exec(span.text.slice(from, Math.min(from + 3, span.end)))?.[0];
  if (word === undefined) return undefined;
  let at = from + word.length;
  while (at < span.end && span.text[at] === ' ') at += 1;
  at = afterBlob(span, at) ?? at;
  return at < span.end && span.text[at] === ':' ? at + 1 : undefined;
}

/** Step 6: "[fwd:" subject "]". */
function unwrapForward(span: Span): boolean {
  const { text, start, end } = span;
  if (end - start < 6 || text[end - 1] !== ']') return false;
  if (text.slice(start, start + 5).toLowerCase() !== '[fwd:') return false;
  span.start += 5;
  span.end -= 1;
  span.isReplyOrForward = true;
  return true;
}
