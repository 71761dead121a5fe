// Special uses as attributes (RFC 6154 §2).
import type { SpecialUse } from '@restante/mailbox-store';

const attributes: Readonly<Record<SpecialUse, string>> = {
  all: '\\All',
  archive: '\\Archive',
  drafts: '\\Drafts',
  flagged: '\\Flagged',
  junk: '\\Junk',
  sent: '\\Sent',
  trash: '\\Trash',
};

const uses = new Map(
  Object.entries(attributes).map(([use, attribute]) => [
    attribute.toLowerCase(),
    use as SpecialUse,
  ]),
);

export function attributeOf(use: SpecialUse): string {
  return attributes[use];
}

export function specialUseOf(attribute: string): SpecialUse | undefined {
  return uses.get(attribute.toLowerCase());
}
