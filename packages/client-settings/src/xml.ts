// Elements of XML. Every text goes through here, so nobody's address becomes markup.

/** A finished piece of markup, which a text is not. */
export interface Markup {
  readonly markup: string;
}

type Attributes = Readonly<Record<string, string>>;

export function element(
  name: string,
  content: string | readonly Markup[] = [],
  attributes: Attributes = {},
): Markup {
  const inside =
    typeof content === 'string'
      ? escapeXml(content)
      : content.length === 0
        ? ''
        : `\n${content.map(({ markup }) => indented(markup)).join('\n')}\n`;
  const words = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
    .join('');
  return {
    markup:
      inside === '' && typeof content !== 'string'
        ? `<${name}${words}/>`
        : `<${name}${words}>${inside}</${name}>`,
  };
}

export function xmlDocument({ markup }: Markup, { doctype = '' } = {}): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${doctype}${markup}\n`;
}

/** XML 1.0 §2.4; what XML cannot say at all (§2.2: control characters, lone surrogates) becomes a replacement character. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

function indented(markup: string): string {
  return markup.replaceAll(/^/gm, '  ');
}
