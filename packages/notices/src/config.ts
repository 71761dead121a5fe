// [notices]: how the operator hears of what cannot wait, by another way than mail.
import { count, duration, list, path, section, text } from '@restante/config';

export const noticesSection = section(
  'notices',
  {
    webhookUrl: text({
      optional: true,
      example: 'env:RESTANTE_NOTICES_URL',
      pattern: /^(?:https?:\/\/[^\s@]+|env:[A-Za-z_][A-Za-z0-9_]*)$/,
      remedy:
        'Write "https://..." without a user name, or "env:NAME" when the address is a secret.',
      about:
        'Gets every notice as a POST of JSON. "env:NAME" takes the address from the environment.',
    }),
    webhookUrlFile: path({
      optional: true,
      example: 'secrets/notices-url',
      about: 'A file whose first line is the address; most addresses of webhooks are secrets.',
    }),
    webhookTimeoutMs: duration({
      default: '10s',
      min: '100ms',
      max: '2min',
      about: 'How long one try of the webhook may take.',
    }),
    command: list(text({ about: 'A part of the command.' }), {
      default: [],
      example: ['/usr/local/bin/tell-me', '--loud'],
      about: 'A program with its arguments that gets every notice as JSON on its standard input.',
    }),
    commandTimeoutMs: duration({
      default: '30s',
      min: '100ms',
      max: '10min',
      about: 'Then the program is ended.',
    }),
    attemptsMax: count({
      default: 6,
      min: 1,
      max: 20,
      about: 'Tries before a notice is given up.',
    }),
    quietMs: duration({
      default: '1h',
      max: '7d',
      about: 'The same matter is not told again within this time.',
    }),
  },
  {
    about: 'How the operator hears of what cannot wait, by another way than mail.',
    checks: [
      ({ webhookUrl, webhookUrlFile }) =>
        webhookUrl === undefined || webhookUrlFile === undefined
          ? undefined
          : {
              field: 'webhookUrlFile',
              problem: 'is there beside webhook_url',
              remedy: 'Keep one of them.',
            },
      ({ command: [program] }) =>
        program === undefined || program.startsWith('/')
          ? undefined
          : {
              field: 'command',
              problem: 'does not begin with the whole path of a program',
              remedy:
                'Write "/usr/local/bin/...": no shell and no PATH of a person stands behind it.',
            },
    ],
  },
);
