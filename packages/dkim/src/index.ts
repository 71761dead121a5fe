// The public face of @restante/dkim.
export {};
