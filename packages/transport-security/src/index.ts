// The public face of @restante/transport-security.
export {};
