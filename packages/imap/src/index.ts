// The public face of @restante/imap.
export {};
