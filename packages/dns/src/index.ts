// The public face of @restante/dns.
export {};
