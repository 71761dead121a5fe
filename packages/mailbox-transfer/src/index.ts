// The public face of @restante/mailbox-transfer.
export {};
