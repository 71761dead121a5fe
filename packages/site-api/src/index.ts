// The public face of @restante/site-api.
export {};
