// The public face of @restante/retry-queue.
export {};
