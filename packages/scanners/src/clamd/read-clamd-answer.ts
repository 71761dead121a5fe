// What clamd says to INSTREAM (clamd(8)): "stream: OK", "stream: NAME FOUND", "... ERROR". Pure.
//
// A limit of clamd's that was passed is not "clean": with AlertExceedsMax it comes as a name that begins with
// Heuristics.Limits.Exceeded, and a stream above StreamMaxLength as an error. Both mean that it could not look.
import { ScannersError } from '../errors.ts';
import { safeName } from '../safe-name.ts';

/** The name of what it found; undefined when it found nothing. */
export function readClamdAnswer(answer: Buffer): string | undefined {
  const end = answer.indexOf(0);
  const text = answer.toString('latin1', 0, end < 0 ? undefined : end).trim();
  if (/^INSTREAM size limit exceeded/i.test(text)) throw tooLarge('its StreamMaxLength');
  if (text === 'stream: OK') return undefined;
  const found = /^stream: (.{1,400}) FOUND$/.exec(text)?.[1];
  if (found !== undefined) {
    if (found.startsWith('Heuristics.Limits.Exceeded')) throw tooLarge(safeName(found));
    // With ExtendedDetectionInfo: NAME(md5:size).
    return safeName(found.replace(/\([0-9a-f]{32}:\d{1,20}\)$/, ''));
  }
  if (text.endsWith(' ERROR'))
    throw new ScannersError('SCANNER_REFUSED', {
      about: text.slice(0, 100).replaceAll(/[^\x20-\x7E]/g, ' '),
    });
  throw new ScannersError('SCANNER_BAD_ANSWER', { about: 'neither OK nor FOUND nor ERROR' });
}

function tooLarge(limit: string): ScannersError {
  return new ScannersError('SCANNER_TOO_LARGE', { about: `too large for clamd: ${limit}` });
}
