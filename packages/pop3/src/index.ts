// The public face of @restante/pop3.
export {};
