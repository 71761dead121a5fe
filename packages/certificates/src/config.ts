// [certificates]: where the certificate that strangers see comes from.
import { hostname, list, oneOf, path, section, text } from '@restante/config';

export const certificatesSection = section(
  'certificates',
  {
    from: oneOf(['files', 'acme', 'cluster'], {
      default: 'files',
      about:
        '"files": those of [site.tls]; "acme": ordered and renewed by the site; "cluster": that of our own CA, for trying things out.',
    }),
    acmeDirectory: text({
      default: 'https://acme-v02.api.letsencrypt.org/directory',
      pattern: /^https:\/\/\S+$/,
      remedy: 'Write an address that begins with https://.',
      about: "The authority's directory.",
    }),
    acmeContacts: list(
      text({ about: '', pattern: /^[^@\s:]+@[^@\s:]+$/, remedy: 'Write mail addresses.' }),
      {
        default: [],
        about: 'Mail addresses the authority may write to.',
      },
    ),
    acmeCa: path({
      optional: true,
      example: '/etc/restante/authority.pem',
      about: "PEM of the authority's own HTTPS certificate, when the world does not know it.",
    }),
    acmeKeyId: text({
      optional: true,
      example: 'customer-1',
      about: 'Identifier of the external account, when the authority wants one.',
    }),
    acmeKeyFile: path({
      optional: true,
      example: '/etc/restante/acme-hmac',
      about: 'File with its key, base64url, as the authority gave it.',
    }),
    names: list(hostname({ about: '' }), {
      default: [],
      about:
        "Further names for the certificate; the site's hostname and the names its domains' clients use are always asked for.",
    }),
  },
  {
    about: 'Where the certificate that strangers see comes from.',
    checks: [
      ({ acmeKeyId, acmeKeyFile }) =>
        (acmeKeyId === undefined) === (acmeKeyFile === undefined)
          ? undefined
          : {
              field: acmeKeyId === undefined ? 'acmeKeyId' : 'acmeKeyFile',
              problem: 'is missing beside the other one',
              remedy: 'An external account has an identifier and a key.',
            },
    ],
  },
);
