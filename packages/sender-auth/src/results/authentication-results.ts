// Authentication-Results (RFC 8601): what we found, for whoever reads the message later, and nobody else in our name.

/** One method's result, RFC 8601 §2.2; written as `method=result reason="..." ptype.property=value`. */
export interface MethodResult {
  readonly method: 'spf' | 'dkim' | 'dmarc' | 'arc' | 'iprev' | 'auth';
  readonly result: string;
  /** Plain words; quoted and cut by the writer. */
  readonly reason?: string;
  /** For example [["smtp.mailfrom", "ana@example.test"], ["header.b", "abcdefgh"]]; whatever a client said is made safe by the writer. */
  readonly properties: readonly (readonly [name: string, value: string])[];
}
