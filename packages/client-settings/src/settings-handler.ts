// Answers the questions mail programs ask a web server, without being one: a request goes in, an answer comes out. The site's HTTP
// server mounts it.
//
// Promises
// - The same answer for every address of a domain: nobody learns who exists. Domains that are not ours are 404.
// - Never a secret, never a file, never a parser of XML.
// - Undefined: not a question of this kind; the server goes on.
import { domainOf, parseAddress, parseDomain } from '@restante/mail-model';
import { autoconfigXml } from './autoconfig.ts';
import {
  autodiscoverRefusal,
  autodiscoverXml,
  outlookNamespace,
  readAutodiscover,
} from './autodiscover.ts';
import { mobileconfig } from './mobileconfig.ts';
import { mtaStsText } from './mta-sts-policy.ts';
import type { ServedDomain } from './served-domain.ts';

export interface SettingsRequest {
  readonly method: string;
  /** Host header; a port is ignored. */
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Empty when there is none. A few kilobytes are enough: larger ones are refused. */
  readonly body: string;
  /** It came over TLS. */
  readonly isEncrypted: boolean;
}

export interface SettingsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SettingsHandlerOptions {
  /** Undefined: not one of ours. */
  domain(name: string): ServedDomain | undefined;
  readonly displayName?: string;
  readonly mtaSts: { readonly mode: 'enforce' | 'testing' | 'none'; readonly maxAgeMs: number };
  readonly now: () => number;
}

export type SettingsHandler = (request: SettingsRequest) => SettingsAnswer | undefined;

const bodyMaxChars = 64 * 1024;

export function createSettingsHandler(options: SettingsHandlerOptions): SettingsHandler {
  return (request) => {
    // Outlook writes the same path in three ways.
    const path = request.path.toLowerCase();
    const answer = routes.find(({ matches }) => matches(path));
    return answer?.answer(request, options);
  };
}

interface Route {
  matches(path: string): boolean;
  answer(request: SettingsRequest, options: SettingsHandlerOptions): SettingsAnswer;
}

const routes: readonly Route[] = [
  {
    matches: (path) =>
      path === '/mail/config-v1.1.xml' || path === '/.well-known/autoconfig/mail/config-v1.1.xml',
    answer: (request, options) => {
      const domain = domainAsked(request, options);
      if (domain === undefined) return notFound;
      return xml(autoconfigXml(domain, options.displayName ?? domain.name));
    },
  },
  { matches: (path) => path === '/autodiscover/autodiscover.xml', answer: autodiscover },
  {
    matches: (path) => path.startsWith('/autodiscover/autodiscover.json'),
    answer: autodiscoverJson,
  },
  {
    matches: (path) => path === '/mail/apple.mobileconfig',
    answer: (request, options) => {
      const address = addressFrom(request.query.get('emailaddress') ?? '');
      const domain = address === undefined ? undefined : options.domain(domainOf(address));
      if (address === undefined || domain === undefined) return notFound;
      const body = mobileconfig(domain, address, options.displayName ?? domain.name);
      if (body === undefined) return notFound;
      return ok(body, 'application/x-apple-aspen-config; charset=utf-8', {
        'content-disposition': 'attachment; filename="mail.mobileconfig"',
      });
    },
  },
  {
    matches: (path) => path === '/.well-known/mta-sts.txt',
    answer: ({ host, isEncrypted }, { domain, mtaSts }) => {
      // RFC 8461 §3.3: only over HTTPS, only at the policy's own host name.
      const served = isEncrypted ? domain(hostWithout('mta-sts', host) ?? '') : undefined;
      if (served === undefined) return notFound;
      const exchanges = served.sites.map(({ hostname }) => hostname);
      return ok(mtaStsText({ ...mtaSts, exchanges }), 'text/plain; charset=utf-8');
    },
  },
];

/** The domain of the address that is asked about, or the one whose name was called. */
function domainAsked(
  { host, query }: SettingsRequest,
  { domain }: SettingsHandlerOptions,
): ServedDomain | undefined {
  const text = query.get('emailaddress');
  if (text !== null && text !== '') {
    const address = addressFrom(text);
    return address === undefined ? undefined : domain(domainOf(address));
  }
  const called = hostWithout('autoconfig', host) ?? hostOnly(host);
  return called === undefined ? undefined : domain(called);
}

function autodiscover(
  { method, body }: SettingsRequest,
  { domain, displayName, now }: SettingsHandlerOptions,
): SettingsAnswer {
  const question =
    method === 'POST' && body.length <= bodyMaxChars ? readAutodiscover(body) : undefined;
  const address = question === undefined ? undefined : addressFrom(question.address);
  // Outlook shows what it does not understand to nobody and goes on; it wants 200 around its errors.
  if (question === undefined || address === undefined) return xml(autodiscoverRefusal(600, now()));
  const served = domain(domainOf(address));
  if (served === undefined || question.schema !== outlookNamespace)
    return xml(autodiscoverRefusal(601, now()));
  return xml(autodiscoverXml(served, address, displayName ?? served.name));
}

/** The newer question: where is the older one answered? */
function autodiscoverJson(
  { path, query }: SettingsRequest,
  { domain }: SettingsHandlerOptions,
): SettingsAnswer {
  const inPath = /\/v1\.0\/([^/]{1,500})$/i.exec(path)?.[1];
  const text = query.get('Email') ?? query.get('email') ?? decoded(inPath ?? '');
  const address = addressFrom(text);
  const served = address === undefined ? undefined : domain(domainOf(address));
  const protocol = query.get('Protocol') ?? query.get('protocol') ?? '';
  if (served === undefined || protocol.toLowerCase() !== 'autodiscoverv1') {
    return json(served === undefined ? 404 : 400, {
      ErrorCode: served === undefined ? 'UserNotFound' : 'InvalidProtocol',
      ErrorMessage: 'Only AutodiscoverV1 is answered here, and only for domains of this server.',
    });
  }
  return json(200, {
    Protocol: 'AutodiscoverV1',
    Url: `https://autodiscover.${served.name}/autodiscover/autodiscover.xml`,
  });
}

function addressFrom(text: string): string | undefined {
  const parsed = text.length > 320 ? undefined : parseAddress(text.trim());
  return parsed?.ok ? `${parsed.value.local}@${parsed.value.domain}` : undefined;
}

function hostOnly(host: string): string | undefined {
  const parsed = parseDomain(host.replace(/:\d{1,5}$/, ''));
  return parsed.ok ? parsed.value : undefined;
}

function hostWithout(label: string, host: string): string | undefined {
  const name = hostOnly(host);
  return name?.startsWith(`${label}.`) ? name.slice(label.length + 1) : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return ''; // Half a percent sign is no address.
  }
}

const notFound: SettingsAnswer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'There is nothing here.\n',
};

function ok(
  body: string,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): SettingsAnswer {
  return { status: 200, headers: { 'content-type': type, ...headers }, body };
}

function xml(body: string): SettingsAnswer {
  return ok(body, 'application/xml; charset=utf-8');
}

function json(status: number, value: object): SettingsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
  };
}
