// Thunderbird's settings file (config-v1.1.xml), which Evolution, K-9, FairEmail and others read as well.
//
// The user name is a placeholder, so the file is the same for everybody. TLS from the first byte comes first; programs take the first
// one they can.
import { servicesOf } from './served-domain.ts';
import type { ServedDomain, Service } from './served-domain.ts';
import { element, xmlDocument } from './xml.ts';
import type { Markup } from './xml.ts';

export function autoconfigXml(domain: ServedDomain, displayName: string): string {
  const provider = element(
    'emailProvider',
    [
      element('domain', domain.name),
      element('displayName', displayName),
      element('displayShortName', displayName),
      ...[...servicesOf(domain, 'imap'), ...servicesOf(domain, 'pop3')].map((service) =>
        server('incomingServer', service),
      ),
      ...servicesOf(domain, 'smtp').map((service) => server('outgoingServer', service)),
    ],
    { id: domain.name },
  );
  return xmlDocument(element('clientConfig', [provider], { version: '1.1' }));
}

function server(name: 'incomingServer' | 'outgoingServer', service: Service): Markup {
  return element(
    name,
    [
      element('hostname', service.host),
      element('port', String(service.port)),
      element('socketType', service.security === 'tls' ? 'SSL' : 'STARTTLS'),
      element('username', '%EMAILADDRESS%'),
      // Under TLS; older programs know no word for SCRAM and would ask the person.
      element('authentication', 'password-cleartext'),
    ],
    { type: service.kind },
  );
}
