// The public face of @restante/spool.
export {};
