import { z } from 'zod';

/**
 * Values by a name that anybody may have chosen. Unlike `z.record` it keeps the name `__proto__`.
 *
 * @param value what stands under each name
 */
export function namedRecord<T extends z.ZodType>(value: T) {
  return z.unknown().transform((input, context): Record<string, z.output<T>> => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      context.issues.push({ code: 'invalid_type', expected: 'record', input });
      return z.NEVER;
    }
    const entries: [string, z.output<T>][] = [];
    for (const [name, item] of Object.entries(input)) {
      const parsed = value.safeParse(item);
      if (parsed.success) entries.push([name, parsed.data]);
      else {
        for (const issue of parsed.error.issues) {
          context.issues.push({
            code: 'custom',
            path: [name, ...issue.path],
            message: issue.message,
            input: item,
          });
        }
      }
    }
    return Object.fromEntries(entries);
  });
}

/** What a record has under a name; undefined for names such as `constructor` that every object answers to. */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
