// The public face of @restante/recipients.
export {};
