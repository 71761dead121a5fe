// Outlook's way of asking: a POST of XML with the address, an answer of XML with one protocol each for reading and sending
// (MS-OXDSCLI), and the JSON question "where do I ask" of newer versions.
//
// What comes is read with one careful pattern and never by an XML parser: no entities, no external anything.
import { servicesOf } from './served-domain.ts';
import type { ServedDomain, Service } from './served-domain.ts';
import { element, escapeXml, xmlDocument } from './xml.ts';
import type { Markup } from './xml.ts';

const responseNamespace = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006';
export const outlookNamespace =
  'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';

export interface AutodiscoverQuestion {
  readonly address: string;
  /** The form the answer should have; Outlook's when nothing is said. */
  readonly schema: string;
}

/** Undefined when there is no address in it. */
export function readAutodiscover(body: string): AutodiscoverQuestion | undefined {
  const address = inside(body, 'EMailAddress');
  if (address === undefined) return undefined;
  return { address, schema: inside(body, 'AcceptableResponseSchema') ?? outlookNamespace };
}

export function autodiscoverXml(
  domain: ServedDomain,
  address: string,
  displayName: string,
): string {
  const protocols = (['imap', 'pop3', 'smtp'] as const).flatMap((kind) =>
    servicesOf(domain, kind)
      .slice(0, 1)
      .map((service) => protocol(service, address)),
  );
  return answer(
    element(
      'Response',
      [
        element('User', [element('DisplayName', displayName)]),
        element('Account', [
          element('AccountType', 'email'),
          element('Action', 'settings'),
          ...protocols,
        ]),
      ],
      { xmlns: outlookNamespace },
    ),
  );
}

/** 600: the request is wrong; 601: nobody here speaks that (Exchange ActiveSync). */
export function autodiscoverRefusal(code: 600 | 601, nowMs: number): string {
  const message = code === 600 ? 'Invalid Request' : 'The requested provider is not available.';
  const time = new Date(nowMs).toISOString().slice(11, 23);
  return answer(
    element('Response', [
      element(
        'Error',
        [element('ErrorCode', String(code)), element('Message', message), element('DebugData')],
        { Time: time, Id: '1' },
      ),
    ]),
  );
}

function answer(response: Markup): string {
  return xmlDocument(element('Autodiscover', [response], { xmlns: responseNamespace }));
}

function protocol(service: Service, address: string): Markup {
  const isSending = service.kind === 'smtp';
  return element('Protocol', [
    element('Type', service.kind.toUpperCase()),
    element('Server', service.host),
    element('Port', String(service.port)),
    element('DomainRequired', 'off'),
    element('LoginName', address),
    element('SPA', 'off'),
    // Encryption overrides SSL: "SSL" is TLS from the first byte, "TLS" is STARTTLS.
    element('SSL', 'on'),
    element('Encryption', service.security === 'tls' ? 'SSL' : 'TLS'),
    element('AuthRequired', 'on'),
    ...(isSending ? [element('UsePOPAuth', 'off'), element('SMTPLast', 'off')] : []),
  ]);
}

function inside(body: string, name: string): string | undefined {
  const text = new RegExp(`<(?:\\w{1,32}:)?${name}\\s*>([^<]{1,1000})</`, 'i').exec(body)?.[1];
  if (text === undefined) return undefined;
  const plain = text.trim().replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => {
    return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[entity] ?? '';
  });
  return escapeXml(plain).includes('\uFFFD') ? undefined : plain;
}
