// One spelling of a password (RFC 8265 §4.2.2, OpaqueString): the spaces of other scripts are the plain one, accents are
// composed. Case and width stay as they were typed.

export function spelledPassword(password: string): string {
  return password.replace(/\p{Zs}/gu, ' ').normalize('NFC');
}
