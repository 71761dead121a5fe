// The one place where a failure becomes an HTTP answer (RFC 9457). The caller hears the code of our catalogue and one
// sentence; everything unknown is "the site failed" and nothing else, because texts of foreign errors may show our insides.
import { z } from 'zod';
import { SiteApiError, siteApiFailures } from '../errors.ts';
import type { SiteApiFailureCode } from '../errors.ts';

export interface HttpProblem {
  /** RFC 9457 §3.1.1: "about:blank" says that title and status tell it all. */
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: SiteApiFailureCode;
}

/** Lets the site name failures of its own parts; undefined leaves them unnamed (SITE_FAILED). */
export type ExplainFailure = (failure: unknown) => SiteApiError | undefined;

export function toHttpProblem(failure: unknown, explain?: ExplainFailure): HttpProblem {
  const { code, detail } = named(failure, explain);
  const { status, meaning } = siteApiFailures[code];
  return { type: 'about:blank', title: meaning, status, detail, code };
}

/** True for failures that belong into the log: they are ours and not the caller's. */
export function isOurFault(problem: HttpProblem): boolean {
  return problem.status >= 500;
}

function named(failure: unknown, explain: ExplainFailure | undefined): SiteApiError {
  if (failure instanceof SiteApiError) return failure;
  if (failure instanceof z.ZodError)
    return new SiteApiError('BAD_REQUEST', { detail: sentence(failure) });
  const explained = explain?.(failure);
  if (explained) return explained;

  // What the HTTP framework itself refused: broken JSON, wrong content type, a body over the limit.
  const status = failure instanceof Error && 'statusCode' in failure ? failure.statusCode : 500;
  if (status === 413) return new SiteApiError('TOO_LARGE');
  if (status === 503) return new SiteApiError('NOT_NOW');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new SiteApiError('BAD_REQUEST');
  return new SiteApiError('SITE_FAILED');
}

function sentence(failure: z.ZodError): string {
  return failure.issues
    .slice(0, 5)
    .map((issue) =>
      issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
    )
    .join(' ');
}
