// The settings of [cluster], [[site]] and [[domain]]: who there is, where, and for whom. Everything else is in sections.
import { isIP } from 'node:net';
import { flag, list, no, bytes, makeField } from './fields.ts';
import type { Field } from './field.ts';
import {
  hostname,
  hostPort,
  listenAddress,
  path,
  secretFile,
  secretFromEnvironment,
  splitHostPort,
  text,
  timezone,
} from './named-fields.ts';

const siteNameForm = /^(?!ca$)[a-z][a-z0-9-]{0,31}$/;
const siteNameRemedy =
  'Write a short name of lower-case letters, digits and "-" that begins with a letter ("ca" is taken).';

export const clusterFields = {
  name: text({
    about: 'Name of the cluster; stands in its certificates.',
    pattern: /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/,
    remedy: 'Write letters, digits, spaces, dots and "-".',
    example: 'demo',
  }),
  pkiDir: path({
    default: 'pki',
    about:
      'Directory with ca.crt and each site\'s <site>.crt and <site>.key, as "restante cluster init" makes them.',
  }),
  dnsServers: list(dnsServer(), {
    default: [],
    about: 'Name servers to ask; none: those of /etc/resolv.conf.',
  }),
};

export const siteFields = {
  name: text({
    about: 'Short name of the site; used in routes, file names and metrics.',
    pattern: siteNameForm,
    remedy: siteNameRemedy,
    example: 'shanghai',
  }),
  hostname: hostname({
    about: 'Public host name: what the MX records name and the greeting says.',
    example: 'mx.shanghai.example',
  }),
  timezone: timezone({
    default: 'UTC',
    about: 'Time zone of the place; nightly work runs at its night.',
  }),
  dir: path({
    about: 'Everything the site keeps: spool, mailboxes, accounts, mirrors.',
    example: '/var/lib/restante',
  }),
};

export const listenFields = {
  smtp: listenAddress({
    default: '0.0.0.0:25',
    about: 'SMTP for other mail servers and for the peers.',
  }),
  smtpAlt: listenAddress({
    optional: true,
    example: '0.0.0.0:26',
    about: 'SMTP at a second port, for people whose port 25 is blocked.',
  }),
  submission: listenAddress({
    optional: true,
    example: '0.0.0.0:587',
    about: 'Mail from our own people: STARTTLS, then a login.',
  }),
  submissions: listenAddress({
    optional: true,
    example: '0.0.0.0:465',
    about: 'The same with TLS from the first byte; what clients should use.',
  }),
  imap: listenAddress({
    optional: true,
    example: '0.0.0.0:143',
    about: 'IMAP with STARTTLS.',
  }),
  imaps: listenAddress({
    optional: true,
    example: '0.0.0.0:993',
    about: 'IMAP with TLS from the first byte; what clients should use.',
  }),
  pop3: listenAddress({
    optional: true,
    example: '0.0.0.0:110',
    about: 'POP3 with STLS.',
  }),
  pop3s: listenAddress({
    optional: true,
    example: '0.0.0.0:995',
    about: 'POP3 with TLS from the first byte.',
  }),
  web: listenAddress({
    optional: true,
    example: '0.0.0.0:80',
    about: 'HTTP for the world: answers to ACME, settings for mail programs.',
  }),
  webTls: listenAddress({
    optional: true,
    example: '0.0.0.0:443',
    about: 'The same by HTTPS: settings for mail programs, MTA-STS policies.',
  }),
  http: listenAddress({
    default: '127.0.0.1:8025',
    about: 'Operators: /metrics, /healthz, /readyz and /v1. Keep it off the internet.',
  }),
  peerApi: listenAddress({
    default: '0.0.0.0:8443',
    about: "The other sites: HTTPS with certificates of the cluster's own CA.",
  }),
};

export const publicFields = {
  smtp: hostPort({
    optional: true,
    example: 'mx.shanghai.example:25',
    about: 'Where other sites reach this one by SMTP; none: hostname and the port of listen.smtp.',
  }),
  api: hostPort({
    optional: true,
    example: 'mx.shanghai.example:8443',
    about: 'Where other sites reach its site API; none: hostname and the port of listen.peer_api.',
  }),
};

export const redisFields = {
  url: redisUrl(),
  passwordFile: secretFile({
    optional: true,
    example: 'secrets/redis',
    about: 'File whose first line is the password of this Redis.',
  }),
  password: secretFromEnvironment({
    optional: true,
    example: 'env:RESTANTE_REDIS_PASSWORD',
    about: 'Or the environment variable that holds it.',
  }),
};

export const tlsFields = {
  cert: path({
    about:
      "Certificate chain (PEM) that strangers see in STARTTLS; none: the site's certificate of the cluster's CA.",
    example: '/etc/letsencrypt/live/mx.shanghai.example/fullchain.pem',
  }),
  key: path({
    about: 'Its private key (PEM).',
    example: '/etc/letsencrypt/live/mx.shanghai.example/privkey.pem',
  }),
};

export const domainFields = {
  name: hostname({ about: 'The domain, as behind the @.', example: 'shanghai.example' }),
  home: text({ optional: true, example: 'shanghai', about: 'The site that keeps its mailboxes.' }),
  homeHost: hostPort({
    optional: true,
    example: 'mail.office.example:25',
    about:
      'Instead of home: a mail server that is not Restante, in front of which we are backup MX.',
  }),
  recipientsFile: path({
    optional: true,
    example: 'recipients/office.example',
    about: 'For home_host: file with one address a line; the backup answers RCPT from it.',
  }),
  backups: list(text({ about: '' }), {
    default: [],
    about: 'The sites that are backup MX of the domain.',
  }),
  tagSeparator: text({
    default: '+',
    pattern: /^[^\sA-Za-z0-9@."\\]?$/,
    remedy: 'Write one sign such as "+" or "-", or "" for none.',
    about: 'Sign between a person and her tag, as in ana+news@; "" for none.',
  }),
  isCaseSensitive: flag({ default: false, about: 'Ana@ and ana@ are different people.' }),
  messageMaxBytes: bytes({
    optional: true,
    min: '64KiB',
    example: '25MiB',
    about: 'Largest message for this domain; none: [limits] message_max.',
  }),
};

/** "192.0.2.53" or "192.0.2.53:53"; in code always with the port. */
function dnsServer(): Field<string> {
  return makeField<string, string, { readonly about: string }>(
    { about: '' },
    {
      allowed: 'address or address:port',
      format: (value) => JSON.stringify(value),
      toml: (written) => JSON.stringify(written),
      read(raw) {
        if (typeof raw === 'string') {
          if (isIP(raw) === 4) return { ok: true, value: `${raw}:53` };
          if (isIP(raw) === 6) return { ok: true, value: `[${raw}]:53` };
          const parsed = splitHostPort(raw);
          if (parsed && isIP(parsed.host) !== 0 && parsed.port !== 0)
            return { ok: true, value: raw };
        }
        return no(
          'is not the address of a name server',
          'Write "192.0.2.53", "192.0.2.53:5353" or "[2001:db8::53]:53".',
        );
      },
    },
  );
}

/** Passwords in it are refused: they would end up in prints and copies of the file. */
function redisUrl(): Field<string> {
  return makeField<string, string, { readonly about: string; readonly default: string }>(
    {
      default: 'redis://127.0.0.1:6379',
      about:
        "The site's own Redis: redis://, rediss://, redis+sentinel://host:port,host:port/name or redis+cluster://host:port,host:port.",
    },
    {
      format: (value) => JSON.stringify(value),
      toml: (written) => JSON.stringify(written),
      read(raw) {
        if (
          typeof raw !== 'string' ||
          !/^(rediss?|redis\+(sentinel|cluster)):\/\/[^\s/]+(\/[^\s]*)?$/.test(raw)
        ) {
          return no('is not the address of a Redis', 'Write for example "redis://127.0.0.1:6379".');
        }
        if (/:\/\/[^/]*:[^/]*@/.test(raw)) {
          return {
            ...no(
              'has a password in it',
              'Take it out and write password_file = "path" or password = "env:NAME" beside it.',
            ),
            hideValue: true,
          };
        }
        return { ok: true, value: raw };
      },
    },
  );
}
