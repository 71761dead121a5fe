// The public face of @restante/smtp.
export {};
