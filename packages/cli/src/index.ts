// The public face of @restante/cli.
export {};
