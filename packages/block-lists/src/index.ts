// The public face of @restante/block-lists.
export type {
  BlockListEvent,
  BlockLists,
  BlockListsOptions,
  ListCode,
  ListHealth,
  ListHit,
  ListKind,
  ListSettings,
} from './block-lists.ts';
