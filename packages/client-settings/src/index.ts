// The public face of @restante/client-settings.
export {};
