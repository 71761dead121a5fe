// The public face of @restante/site.
export {};
