// Gets a domain's MTA-STS policy: one HTTPS request to mta-sts.<domain>, certificate verified, no redirect followed
// (RFC 8461 §3.3), bounded in time and size. The address is resolved here, looked at, and connected to as it was seen: a name
// that somebody else controls leads nowhere inside.
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { Resolver } from '@restante/dns';
import { TransportSecurityError } from '../errors.ts';
import { parseStsPolicy } from './sts-policy.ts';
import type { StsPolicy } from './sts-policy.ts';

export interface FetchStsOptions {
  readonly resolver: Pick<Resolver, 'lookup'>;
  /** Undefined: the address may be connected to. Otherwise why not. */
  readonly guard: (address: string) => string | undefined;
  readonly timeoutMs: number;
  /** 443, unless this is a test. */
  readonly port?: number;
  /** Roots instead of the usual ones; for tests. */
  readonly ca?: string;
}

/** RFC 8461 §3.3 suggests 64 kilobytes. */
const sizeMaxBytes = 65_536;

export interface FetchStsPolicy {
  /** Throws a TransportSecurityError. */
  (domain: string, signal: AbortSignal): Promise<StsPolicy>;
}

export function createStsFetcher(options: FetchStsOptions): FetchStsPolicy {
  return async (domain, stop) => {
    const host = `mta-sts.${domain}`;
    const signal = AbortSignal.any([stop, AbortSignal.timeout(options.timeoutMs)]);
    // One request to one host, once a day: a connection is not worth keeping.
    const agent = new Agent({
      connect: {
        lookup: guardedLookup(options),
        timeout: options.timeoutMs,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      },
      allowH2: false,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      maxHeaderSize: 16_384,
      maxResponseSize: sizeMaxBytes,
    });
    try {
      const port = options.port === undefined ? '' : `:${options.port}`;
      const { statusCode, headers, body } = await request(
        `https://${host}${port}/.well-known/mta-sts.txt`,
        { dispatcher: agent, signal },
      );
      // RFC 8461 §3.3: no redirects, so anything but 200 is a failure.
      if (statusCode !== 200) {
        throw new TransportSecurityError('STS_FETCH_FAILED', {
          detail: `${host} answered ${statusCode}`,
        });
      }
      const type = String(headers['content-type'] ?? '');
      if (!/^text\/plain\s*(;|$)/i.test(type)) {
        throw new TransportSecurityError('STS_POLICY_INVALID', {
          detail: `${host} sent ${type.slice(0, 60) || 'no media type'}, not text/plain`,
        });
      }
      const parsed = parseStsPolicy(await body.text());
      if (parsed.ok) return parsed.value;
      throw new TransportSecurityError('STS_POLICY_INVALID', { detail: parsed.problem });
    } catch (cause) {
      throw cause instanceof TransportSecurityError ? cause : explain(host, cause);
    } finally {
      await agent.destroy();
    }
  };
}

function guardedLookup({ resolver, guard }: FetchStsOptions): LookupFunction {
  return (host, { all }, callback) => {
    resolver.lookup(host).then(
      (found) => {
        const usable = found.filter(({ address }) => guard(address) === undefined);
        const [first] = usable;
        if (first === undefined) {
          const why = found[0] === undefined ? 'has no address' : guard(found[0].address);
          callback(new Error(`${host}: its address ${why}`), '', 0);
        } else if (all === true) callback(null, [...usable]);
        else callback(null, first.address, first.family);
      },
      (cause: unknown) =>
        callback(cause instanceof Error ? cause : new Error(String(cause)), '', isIP(host)),
    );
  };
}

function explain(host: string, cause: unknown): TransportSecurityError {
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const detail = `${host}: ${cause instanceof Error ? cause.message : String(cause)}`;
  const isCertificate =
    /^(CERT_|ERR_TLS_CERT)|_CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH/.test(code);
  return new TransportSecurityError(isCertificate ? 'STS_WEB_CERTIFICATE' : 'STS_FETCH_FAILED', {
    detail,
    cause,
  });
}
