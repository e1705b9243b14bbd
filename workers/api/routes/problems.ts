import { createRoute } from '@hono/zod-openapi';
import { PROBLEM_CODES, PROBLEMS, problemListBodySchema } from '../../../shared/schemas/api/problem.ts';
import { defineOperation, jsonContent, problemResponses } from '../openapi/operation.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/problems',
  tags: ['documentation'],
  operationId: 'listProblems',
  summary: 'Every error code',
  description: 'The codes of problem details, with their HTTP status and meaning.',
  responses: { 200: jsonContent(problemListBodySchema, 'The list of codes.'), ...problemResponses() },
});

export const problems = () =>
  defineOperation(route, (c) => {
    c.header('Cache-Control', 'public, max-age=3600');
    return c.json({ problems: PROBLEM_CODES.map((code) => ({ code, ...PROBLEMS[code] })) }, 200);
  });
