// Every way a question to DNS can fail. The codes are node's, because libraries look at them; `retry` says whether
// asking again later may help. ENOTFOUND and ENODATA are answers, the rest is "could not find out".
export const dnsFailures = {
  ENOTFOUND: { retry: false, meaning: 'The name does not exist.' },
  ENODATA: { retry: false, meaning: 'The name exists but has no record of this type.' },
  EBADNAME: { retry: false, meaning: 'This is not a name that DNS can hold.' },
  EFORMERR: { retry: true, meaning: 'The name server did not understand the question.' },
  ESERVFAIL: { retry: true, meaning: 'The name server could not find out.' },
  ENOTIMP: { retry: true, meaning: 'The name server does not do this kind of question.' },
  EREFUSED: { retry: true, meaning: 'The name server refused to answer.' },
  EBADRESP: { retry: true, meaning: 'The answer makes no sense.' },
  ECONNREFUSED: { retry: true, meaning: 'No name server could be reached.' },
  ETIMEOUT: { retry: true, meaning: 'No name server answered in time.' },
  ECANCELLED: { retry: true, meaning: 'The resolver was stopped.' },
} as const;

export type DnsFailureCode = keyof typeof dnsFailures;

export class DnsError extends Error {
  override readonly name = 'DnsError';
  readonly code: DnsFailureCode;
  /** What was asked, in node's words. */
  readonly hostname: string;
  readonly syscall: string;

  constructor(
    code: DnsFailureCode,
    asked: { readonly hostname: string; readonly type: string },
    options?: ErrorOptions,
  ) {
    // "There is nothing" is an ordinary answer and thrown as often: looking where it came from would cost more than the rest.
    const traced = Error.stackTraceLimit;
    if (!dnsFailures[code].retry) Error.stackTraceLimit = 0;
    super(
      `query${asked.type} ${code} ${printable(asked.hostname)}: ${dnsFailures[code].meaning}`,
      options,
    );
    Error.stackTraceLimit = traced;
    this.code = code;
    this.hostname = asked.hostname;
    this.syscall = `query${asked.type}`;
  }

  /** True for "could not find out": try again later, decide nothing. */
  get isTransient(): boolean {
    return dnsFailures[this.code].retry;
  }
}

/** Names come from strangers; a log line must stay one line. */
function printable(name: string): string {
  return JSON.stringify(name.length > 300 ? `${name.slice(0, 300)}...` : name);
}
