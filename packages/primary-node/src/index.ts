// The public face of @restante/primary-node.
export {};
