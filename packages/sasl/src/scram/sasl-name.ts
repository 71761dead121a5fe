// A name inside a SCRAM message (RFC 5802 §5.1): "," is =2C, "=" is =3D, and no other "=" may be there.

export function decodeSaslName(written: string): string | undefined {
  if (/=(?!2C|3D)/.test(written)) return undefined;
  return written.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
