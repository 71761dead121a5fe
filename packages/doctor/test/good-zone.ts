// The zone of a pair that is well: both domains with every record they need, one list, a mail host of others.
import { createHash, X509Certificate } from 'node:crypto';
import { mtaStsId } from '@restante/client-settings';
import { recordOf } from '@restante/dkim';
import type { DkimKeys } from '@restante/dkim';
import type { Zone } from '@restante/dns';
import type { MadeChain } from '../../../test/kit/make-chain.ts';

export const us = { name: 'us', hostname: 'mx.us.example', address: '192.0.2.10' };
export const shanghai = {
  name: 'shanghai',
  hostname: 'mx.shanghai.example',
  address: '198.51.100.10',
};
export const mtaSts = { mode: 'enforce', maxAgeMs: 604_800_000 } as const;
export const policyOf = (home: typeof us, backup: typeof us) => ({
  ...mtaSts,
  exchanges: [home.hostname, backup.hostname],
});

export async function goodZone(chain: MadeChain, keys: DkimKeys): Promise<Zone> {
  const zone: Record<string, Zone[string]> = {
    org: { NS: ['a0.org.afilias-nst.info'] },
    '2.0.0.127.bl.example': { A: ['127.0.0.2'] },
    'elsewhere.example': { MX: [{ priority: 10, exchange: 'mx.elsewhere.example' }] },
    'mx.elsewhere.example': { A: ['127.0.0.1'] },
  };
  for (const [home, backup] of [
    [us, shanghai],
    [shanghai, us],
  ] as const) {
    const domain = `${home.name}.example`;
    zone[domain] = {
      MX: [
        { priority: 10, exchange: home.hostname },
        { priority: 20, exchange: backup.hostname },
      ],
      TXT: [[`v=spf1 a:${us.hostname} a:${shanghai.hostname} -all`]],
    };
    zone[home.hostname] = { A: [home.address] };
    zone[`${home.address.split('.').toReversed().join('.')}.in-addr.arpa`] = {
      PTR: [home.hostname],
    };
    zone[`_dmarc.${domain}`] = {
      TXT: [[`v=DMARC1; p=quarantine; rua=mailto:postmaster@${domain}`]],
    };
    zone[`_mta-sts.${domain}`] = { TXT: [[`v=STSv1; id=${mtaStsId(policyOf(home, backup))}`]] };
    zone[`mta-sts.${domain}`] = { A: ['127.0.0.1'] };
    zone[`_25._tcp.${home.hostname}`] = { TLSA: [tlsaOf(chain)] };
    for (const key of await keys.keysOf(domain)) {
      const { name, value } = recordOf(key);
      zone[name] = { TXT: [value.match(/.{1,255}/g) ?? []] };
    }
  }
  return zone;
}

/** DANE-EE, the key, SHA-256. */
export function tlsaOf({ leaf }: Pick<MadeChain, 'leaf'>) {
  const key = new X509Certificate(leaf).publicKey.export({ type: 'spki', format: 'der' });
  const data = Uint8Array.from(createHash('sha256').update(key).digest()).buffer;
  return { certUsage: 3, selector: 1, match: 1, data };
}
