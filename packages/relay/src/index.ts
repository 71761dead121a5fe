// The public face of @restante/relay.
export {};
