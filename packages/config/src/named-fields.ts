// Settings that name something: text, paths, hosts, ports, zones, files with secrets.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseDomain } from '@restante/mail-model';
import type { Field, FieldAnswer, FieldContext, SecretSource } from './field.ts';
import { makeField, no } from './fields.ts';
import type { Common, PresenceOf } from './fields.ts';

interface Worded<T> {
  readonly allowed?: string;
  readonly isSecret?: boolean;
  read(text: string, context: FieldContext): FieldAnswer<T>;
  format?(value: T): string;
}

function worded<T, const O extends Common<string>>(
  options: O,
  { allowed, isSecret, read, format }: Worded<T>,
): Field<T, PresenceOf<O>> {
  return makeField<T, string, O>(options, {
    ...(allowed === undefined ? {} : { allowed }),
    ...(isSecret === undefined ? {} : { isSecret }),
    format: format ?? ((value) => JSON.stringify(value)),
    toml: (written) => JSON.stringify(written),
    read: (raw, context) =>
      typeof raw === 'string' ? read(raw, context) : no('is not text', 'Put it in double quotes.'),
  });
}

/** Any text; `pattern` with its remedy narrows it. */
export function text<
  const O extends Common<string> & { readonly pattern?: RegExp; readonly remedy?: string },
>(options: O): Field<string, PresenceOf<O>> {
  return worded<string, O>(options, {
    read(value) {
      if (value.includes('\0')) return no('has a NUL character', 'Leave it out.');
      if (options.pattern && !options.pattern.test(value))
        return no('has the wrong form', options.remedy ?? 'See the example file.');
      return { ok: true, value };
    },
  });
}

/** A file or directory; relative ones start at the cluster file's directory. In code absolute. */
export function path<const O extends Common<string>>(options: O): Field<string, PresenceOf<O>> {
  return worded<string, O>(options, {
    allowed: 'a path; relative to this file',
    read(value, { baseDir }) {
      if (value === '' || value.includes('\0'))
        return no('is not a path', 'Name a file or directory.');
      return { ok: true, value: resolve(baseDir, value) };
    },
  });
}

/** A public host name, in code as lower-case A-labels. */
export function hostname<const O extends Common<string>>(options: O): Field<string, PresenceOf<O>> {
  return worded<string, O>(options, {
    allowed: 'a host name',
    read(value) {
      const parsed = parseDomain(value);
      if (!parsed.ok || parsed.value.startsWith('[') || isIP(parsed.value) !== 0) {
        return no(
          'is not a host name',
          'Write a name with letters, digits, "-" and dots, such as mx.example.net.',
        );
      }
      return parsed;
    },
  });
}

/** IP address and port to listen at, as "0.0.0.0:25" or "[::]:25". */
export function listenAddress<const O extends Common<string>>(
  options: O,
): Field<string, PresenceOf<O>> {
  return worded<string, O>(options, {
    allowed: 'address:port',
    read(value) {
      const parsed = splitHostPort(value);
      if (!parsed || isIP(parsed.host) === 0) {
        return no(
          'is not an address with a port',
          'Write "0.0.0.0:25", "127.0.0.1:8025" or "[::]:25".',
        );
      }
      return { ok: true, value };
    },
  });
}

/** A host (name or address) and a port to connect to. */
export function hostPort<const O extends Common<string>>(options: O): Field<string, PresenceOf<O>> {
  return worded<string, O>(options, {
    allowed: 'host:port',
    read(value) {
      const parsed = splitHostPort(value);
      const isHost = parsed && (isIP(parsed.host) !== 0 || parseDomain(parsed.host).ok);
      if (!isHost || parsed.port === 0) {
        return no('is not a host with a port', 'Write "mx.example.net:25" or "192.0.2.1:25".');
      }
      return { ok: true, value: value.toLowerCase() };
    },
  });
}

/** A zone of the IANA time zone database. */
export function timezone<const O extends Common<string>>(options: O): Field<string, PresenceOf<O>> {
  return worded<string, O>(options, {
    allowed: 'an IANA time zone',
    read(value) {
      return isTimezone(value)
        ? { ok: true, value }
        : no(
            'is not a time zone of the IANA database',
            'Write one such as "Asia/Shanghai", "America/New_York" or "UTC".',
          );
    },
  });
}

/** A file that holds a secret. The first line counts. */
export function secretFile<const O extends Common<string>>(
  options: O,
): Field<SecretSource, PresenceOf<O>> {
  return worded<SecretSource, O>(options, {
    allowed: 'a path; relative to this file',
    read: (value, { baseDir }) =>
      value === ''
        ? no('is not a path', 'Name the file that holds the secret.')
        : { ok: true, value: { from: 'file', path: resolve(baseDir, value) } },
    format: (value) => JSON.stringify(value.from === 'file' ? value.path : `env:${value.name}`),
  });
}

/** "env:NAME": the environment variable that holds a secret. The secret itself is refused: the file gets copied around. */
export function secretFromEnvironment<const O extends Common<string>>(
  options: O,
): Field<SecretSource, PresenceOf<O>> {
  return worded<SecretSource, O>(options, {
    allowed: 'env:NAME',
    isSecret: true,
    read(value) {
      const match = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(value);
      return match?.[1] === undefined
        ? no(
            'is written out here',
            'Put it into a file and write password_file = "path", or write password = "env:NAME".',
          )
        : { ok: true, value: { from: 'env', name: match[1] } };
    },
    format: (value) => JSON.stringify(value.from === 'env' ? `env:${value.name}` : value.path),
  });
}

/** "host:port" or "[v6]:port"; undefined when it is neither. */
export function splitHostPort(
  value: string,
): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port > 65_535) return undefined;
  if (match?.[1] !== undefined && isIP(host) !== 6) return undefined;
  return { host, port };
}

function isTimezone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    // Offsets such as "+08:00" are accepted by Intl but have no summer time; nightly work needs a place.
    return !/^[+-]/.test(value);
  } catch {
    return false; // RangeError is the answer: there is no such zone.
  }
}
