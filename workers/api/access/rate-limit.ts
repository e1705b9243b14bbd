import type { MiddlewareHandler } from 'hono';
import { ApiProblem } from '../problems/api-problem.ts';

/** A rate limit binding of the platform: counts requests by key, approximately and at each of its sites. */
export interface RateLimiter {
  limit(request: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/** Load balancers poll these constantly, and they cost almost nothing. */
const UNLIMITED = new Set(['/v1/health', '/v1/ready']);

/** Limits the requests of each client, identified by its address; OPTIONS costs nothing. */
export function limitRequests(limiter: RateLimiter): MiddlewareHandler {
  return async (c, next) => {
    if (!UNLIMITED.has(c.req.path) && c.req.method !== 'OPTIONS') {
      const { success } = await limiter.limit({ key: c.req.header('CF-Connecting-IP') ?? 'unknown' });
      if (!success)
        throw new ApiProblem('rate-limited', 'Too many requests from this address; wait a minute');
    }
    await next();
  };
}
