// What others have reported about our mail, as a site has counted it; and our own reports. Holds no logic; the shapes are those of
// @restante/abuse-reports.

export interface ReportsFilter {
  readonly domain?: string;
  /** The last days, today included. Default 7. */
  readonly days?: number;
  /** Rows. Default 100. */
  readonly limit?: number;
}

export interface ComplaintRow {
  readonly domain: string;
  /** Empty: not known, or one of too many of a day. */
  readonly account: string;
  readonly feedbackType: string;
  readonly incidents: number;
  readonly lastDay: string;
}

export interface DmarcRow {
  readonly domain: string;
  readonly reports: number;
  readonly messages: number;
  /** Shown to be ours, by SPF or DKIM. */
  readonly aligned: number;
  readonly dkimAligned: number;
  readonly spfAligned: number;
  readonly quarantined: number;
  readonly rejected: number;
}

export interface SourceRow {
  /** Empty: all others of a day with too many. */
  readonly sourceAddress: string;
  readonly messages: number;
  readonly aligned: number;
  readonly lastDay: string;
}

export interface SentReportRow {
  readonly day: string;
  readonly domain: string;
  /** "nobody": no address may have it. "later": it stays due. */
  readonly outcome: 'sent' | 'nobody' | 'later';
  readonly problem?: string;
}

export interface ReportsOperations {
  /** Most incidents first. */
  complaints(filter: ReportsFilter): Promise<readonly ComplaintRow[]>;
  /** One row a domain. */
  dmarc(filter: ReportsFilter): Promise<readonly DmarcRow[]>;
  /** Where mail in the name of a domain came from, most messages first. */
  sources(filter: ReportsFilter & { readonly domain: string }): Promise<readonly SourceRow[]>;
  /** Sends the DMARC reports whose day is over, now. NOT_POSSIBLE where none are sent. */
  sendDue(): Promise<readonly SentReportRow[]>;
}
