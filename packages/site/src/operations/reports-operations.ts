// What others reported about our mail, for operators; and our own reports, sent now instead of within the hour.
import type { ReportBook, SentReport } from '@restante/abuse-reports';
import { SiteApiError, type ReportsOperations } from '@restante/site-api';

export function createReportsOperations(
  book: Pick<ReportBook, 'complaints' | 'dmarc' | 'sources'>,
  /** Absent where no DMARC reports are sent. */
  daily: { sendDue(): Promise<readonly SentReport[]> } | undefined,
): ReportsOperations {
  return {
    complaints: async (question) => Promise.resolve(book.complaints(question)),
    dmarc: async (question) => Promise.resolve(book.dmarc(question)),
    sources: async (question) => Promise.resolve(book.sources(question)),
    async sendDue() {
      if (daily === undefined)
        throw new SiteApiError('NOT_POSSIBLE', {
          detail: 'This site sends no DMARC reports: [reports] sends_dmarc_reports is false.',
        });
      const sent = await daily.sendDue();
      return sent.map(({ day, domain, outcome, cause }) => ({
        day,
        domain,
        outcome,
        ...(cause instanceof Error ? { problem: cause.message } : {}),
      }));
    },
  };
}
