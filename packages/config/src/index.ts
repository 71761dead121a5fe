// The public face of @restante/config.
export {};
