// Makes a value and everything below it unchangeable.
import { Secret } from '@restante/runtime';

export function deepFreeze<T>(value: T): T {
  if (
    typeof value !== 'object' ||
    value === null ||
    value instanceof Secret ||
    Object.isFrozen(value)
  )
    return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
