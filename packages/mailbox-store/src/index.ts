// The public face of @restante/mailbox-store.
export {};
