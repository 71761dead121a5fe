// The public face of @restante/block-lists.
export type {
  BlockListEvent,
  BlockLists,
  BlockListsOptions,
  ListCode,
  ListHealth,
  ListHit,
  ListKind,
  ListLookup,
  ListSettings,
} from './block-lists.ts';
export type { BlockListsConfig } from './config.ts';
export { blockListsSection, listsOf } from './config.ts';
export { createBlockLists } from './create-block-lists.ts';
export { parseListLine } from './list-line.ts';
export { isListable } from './question-name.ts';
