// {PLAIN}secret: no hash at all, but what some password files hold. It is hashed when it arrives and never kept.

/** The password itself; undefined for a real hash. */
export function clearPasswordIn(text: string): string | undefined {
  return /^\{(?:PLAIN|CLEARTEXT|CLEAR)\}(.+)$/is.exec(text)?.[1];
}
