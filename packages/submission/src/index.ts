// The public face of @restante/submission.
export {};
