// The public face of @restante/policy.
export {};
