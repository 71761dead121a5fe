// The public face of @restante/backup-mx.
export {};
