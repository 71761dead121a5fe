// The public face of @restante/health.
export {};
