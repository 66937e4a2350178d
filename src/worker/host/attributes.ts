import type { core } from 'zod/mini';
import type { Routing } from '../../protocol/conversation.ts';
import { describeIssues } from '../../protocol/errors.ts';
import { closestName } from '../core/conversation/closest-name.ts';

/** A schema of zod or zod/mini. */
export interface AttributesSchema {
  safeParse(
    value: unknown,
  ): { readonly success: true } | { readonly success: false; readonly error: core.$ZodError };
}

/** Problems that the site's own schema finds in a routing's attributes, one sentence each. */
export function attributeProblems(schema: AttributesSchema | null, routing: Routing): string[] {
  const result = schema?.safeParse(routing.attributes ?? {});
  if (!schema || !result || result.success) return [];
  const known = keysOf(schema);
  return result.error.issues
    .flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [];
      return issue.keys.map((key) => {
        const guess = closestName(key, known);
        return `Unknown attribute “${key}”.${guess ? ` Did you mean “${guess}”?` : ''}`;
      });
    })
    .concat(
      describeIssues(result.error).flatMap((words, index) =>
        result.error.issues[index]?.code === 'unrecognized_keys' ? [] : `The attribute ${words}.`,
      ),
    );
}

/** The keys of an object schema; other schemas have none. */
function keysOf(schema: AttributesSchema): string[] {
  const shape: unknown = Reflect.get(schema, 'shape');
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}
