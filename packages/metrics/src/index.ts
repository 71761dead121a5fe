// The public face of @restante/metrics.
export {};
