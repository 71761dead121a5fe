// Doubles other packages may use in their tests.
export {};
