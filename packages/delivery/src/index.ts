// The public face of @restante/delivery.
export {};
