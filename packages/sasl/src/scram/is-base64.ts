// Base64 that has one spelling (RFC 4648 §3.5): decoding and encoding again gives the same text.

export function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}
