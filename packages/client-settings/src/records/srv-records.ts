// Where the services are, for programs that ask DNS (RFC 6186 §3, RFC 8314 §5.1). Every site that offers one is named: the home first,
// the others behind it. A service nobody offers is said not to exist, so that nobody waits for it (RFC 2782).
import type { ServedDomain, ServiceName } from '../served-domain.ts';
import type { DnsRecord } from './dns-record.ts';

/** TLS from the first byte first, as RFC 8314 §4.1 prefers it. */
const services = [
  'submissions',
  'submission',
  'imaps',
  'imap',
  'pop3s',
  'pop3',
] as const satisfies readonly ServiceName[];

export function srvRecords(domain: ServedDomain): readonly DnsRecord[] {
  return services.flatMap((service): readonly DnsRecord[] => {
    const name = `_${service}._tcp.${domain.name}`;
    const offers = domain.sites.flatMap(({ hostname, ports }, index) => {
      const port = ports[service];
      return port === undefined ? [] : [{ hostname, port, index }];
    });
    if (offers.length === 0) {
      return [
        {
          name,
          type: 'SRV',
          priority: 0,
          weight: 0,
          port: 0,
          target: '.',
          need: 'advised',
          why: `There is no ${service} here.`,
        },
      ];
    }
    return offers.map(({ hostname, port, index }) => ({
      name,
      type: 'SRV',
      // RFC 2782: the lowest priority that answers is used. The pop3 ones stand behind imap (RFC 6186 §3.4).
      priority: index * 10 + (service.startsWith('pop3') ? 100 : 0),
      weight: 1,
      port,
      target: hostname,
      need: 'advised',
      why: index === 0 ? `Programs find ${service}.` : 'The other way when the first is closed.',
    }));
  });
}
