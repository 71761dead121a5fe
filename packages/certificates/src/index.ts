// The public face of @restante/certificates.
export {};
